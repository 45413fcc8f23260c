import QRCode from 'qrcode';

/**
 * A code of 221 characters makes version 11 at level M: 61 × 61 modules, of which a seventh may be smudged.
 */
const errorCorrectionLevel = 'M';
/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const margin = 4;
/** Pixels of a module: 552 × 552 in all. */
const scale = 8;

export const qrSvg = (code: string): Promise<string> =>
  QRCode.toString(code, { type: 'svg', errorCorrectionLevel, margin });

export const qrPng = async (code: string): Promise<Uint8Array> =>
  QRCode.toBuffer(code, { type: 'png', errorCorrectionLevel, margin, scale });

/** The modules themselves, row by row, for drawing. */
export const qrModules = (
  code: string,
): { readonly size: number; isDark(row: number, column: number): boolean } => {
  const { modules } = QRCode.create(code, { errorCorrectionLevel });
  return { size: modules.size, isDark: (row, column) => modules.get(row, column) === 1 };
};
