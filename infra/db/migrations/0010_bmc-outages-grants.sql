GRANT SELECT, INSERT, UPDATE, DELETE ON reboot.bmc_outages, reboot.refused_credentials TO "reveille-reboot";
