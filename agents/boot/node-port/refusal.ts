/** A request that is turned away: thrown in a route, answered with its status by the port. */
export class RequestRefusal extends Error {
  readonly code = "request-refused";
  readonly statusCode: 400 | 401 | 403 | 404 | 416;

  constructor(statusCode: RequestRefusal["statusCode"], message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
