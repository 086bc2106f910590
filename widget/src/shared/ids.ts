// Random identifiers, made in the browser so that a resend is recognised as one.

/** 128 random bits as 22 characters of base64url. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
