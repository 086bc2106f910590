// SHA-256 for pages without TLS, fetched only there: a browser has no digest of its own on them.
export { sha256 } from "@noble/hashes/sha2.js";
