import * as pulumi from "@pulumi/pulumi";

/** A refusal is the user's to mend: it is shown as it is. The SDK prints the stack of what fails after the program's end. */
export function refusal(message: string): Error {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
