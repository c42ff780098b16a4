/** An error as Cognito answers it: its name goes to the client as `__type`, its message as it is. */
export class ServiceError extends Error {
  readonly status: number

  constructor(name: string, message: string, status = 400) {
    super(message)
    this.name = name
    this.status = status
  }
}

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message)

export const notFound = (message: string) => new ServiceError('ResourceNotFoundException', message)

export const rateExceeded = () => new ServiceError('TooManyRequestsException', 'Rate exceeded')
