import { createECDH, type KeyObject } from 'node:crypto';

/** Order of the curve P-256 (FIPS 186-5, SEC 2 §2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * ECDSA over a digest (FIPS 186-5 §6.4.1): node:crypto hashes whatever it signs. The point k·G comes from
 * its Diffie-Hellman, the rest is arithmetic modulo the order.
 * @returns the signature in DER.
 */
export const signDigest = (digest: Buffer, privateKey: KeyObject): Buffer => {
  const d = secretOf(privateKey);
  for (;;) {
    const ephemeral = createECDH('prime256v1');
    // 0x04, x, y
    const point = ephemeral.generateKeys();
    const k = toNumber(ephemeral.getPrivateKey());
    const r = toNumber(point.subarray(1, 33)) % order;
    const s = (inverse(k) * (toNumber(digest) + r * d)) % order;
    if (r !== 0n && s !== 0n) return der(0x30, Buffer.concat([derInteger(r), derInteger(s)]));
  }
};

/**
 * Verifies such a signature (FIPS 186-5 §6.4.2). The point u1·G + u2·Q is (u1 + u2·d)·G for who has the
 * private key d.
 */
export const verifyDigest = (digest: Buffer, signature: Buffer, privateKey: KeyObject): boolean => {
  const numbers = numbersOf(signature);
  if (numbers === undefined || numbers.some((number) => number < 1n || number >= order)) return false;
  const [r, s] = numbers;
  const k = (inverse(s) * (toNumber(digest) + r * secretOf(privateKey))) % order;
  if (k === 0n) return false;
  const point = createECDH('prime256v1');
  point.setPrivateKey(Buffer.from(k.toString(16).padStart(64, '0'), 'hex'));
  return toNumber(point.getPublicKey().subarray(1, 33)) % order === r;
};

const secretOf = (privateKey: KeyObject): bigint =>
  toNumber(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));

/** r and s of a signature in DER; undefined for what is none. */
const numbersOf = (signature: Buffer): readonly [bigint, bigint] | undefined => {
  const match = /^30(..)02(..)(.*)$/.exec(signature.toString('hex'));
  if (match === null) return undefined;
  const [, total = '', first = '', rest = ''] = match;
  const end = 2 * Number.parseInt(first, 16);
  const second = /^02(..)((?:..)+)$/.exec(rest.slice(end));
  const r = rest.slice(0, end);
  if (
    Number.parseInt(total, 16) !== signature.length - 2 ||
    r.length === 0 ||
    second?.[2]?.length !== 2 * Number.parseInt(second?.[1] ?? '', 16)
  )
    return undefined;
  return [BigInt(`0x${r}`), BigInt(`0x${second[2]}`)];
};

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

/** k⁻¹ modulo the order, which is prime: k^(order − 2), by Fermat. */
const inverse = (k: bigint): bigint => {
  let result = 1n;
  let power = k;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % order;
    power = (power * power) % order;
  }
  return result;
};

/** Lengths here are below 128: one byte (X.690 §8.1.3). */
const der = (tag: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([tag, content.length]), content]);

const derInteger = (value: bigint): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return der(0x02, positive);
};
