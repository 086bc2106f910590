// Random identifiers, made in the browser so that a resend is recognised as one.

/**
 * 128 random bits as 22 characters of base64url.
 *
 * Behind the time in `near`, an id that the server made just before (the last message of the chat, or the chat): the
 * server finds resends in an index of these ids, and what is written in one moment then stands in one place of it.
 * Never behind the device's own clock: how wrong it is would tell one device from another.
 */
export function newClientId(near?: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const random = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return near ? near.slice(0, 14) + random : random;
}
