GRANT SELECT, INSERT, UPDATE, DELETE ON reboot.bmc_holds TO "reveille-reboot";
