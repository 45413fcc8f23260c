/** Bytes of each half of an ES256 signature. */
const half = 32;

/**
 * An ECDSA signature as KMS gives it (DER, RFC 3279 §2.2.3: SEQUENCE of the INTEGERs r and s) in the form that
 * JWS wants (RFC 7518 §3.4: r and s with 32 bytes each, one after the other).
 * @throws Error when it is no DER signature over P-256.
 */
export const joseSignature = (der: Uint8Array): Uint8Array => {
  const malformed = (): never => {
    throw new Error('Not a DER signature over P-256');
  };
  // 2 integers of at most 33 bytes with 2 bytes before each: the length always fits one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) malformed();
  const signature = new Uint8Array(2 * half);
  let at = 2;
  for (const end of [half, 2 * half]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length === 0 || at + 2 + length > der.length) malformed();
    const integer = der.subarray(at + 2, at + 2 + length);
    // Integers are signed: a zero byte stands before a first bit of one.
    const digits = integer[0] === 0 ? integer.subarray(1) : integer;
    if (digits.length > half) malformed();
    signature.set(digits, end - digits.length);
    at += 2 + length;
  }
  if (at !== der.length) malformed();
  return signature;
};
