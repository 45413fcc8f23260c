import type { Layout } from '../../functions/catalog/contracts.ts';
import type { SaleTicketType } from '../../functions/ticketing/block-plan.ts';

/**
 * A hall drawn as text: one line a row, one letter a seat, which names its category; a capital letter is
 * a wheelchair place. `hall(['aaab'])` has the seats 1-1 … 1-4. Categories stand in alphabetical order.
 */
export const hall = (rows: readonly string[], generalAdmission: Layout['generalAdmission'] = []): Layout => {
  const letters = new Set([...rows.join('').toLowerCase()]);
  const categories = [...new Set([...letters, ...generalAdmission.map(({ category }) => category)])].sort();
  return {
    planVersion: 'pln_00000000000000000000000000',
    venueId: 'ven_00000000000000000000000000',
    name: 'Hall',
    size: { width: 1_000, height: 1_000 },
    categories: categories.map((name) => ({ name, color: '#808080' })),
    zones: [
      {
        id: 'z',
        name: 'Zone',
        rows: rows.map((text, row) => ({
          id: `r${row + 1}`,
          label: String(row + 1),
          seats: [...text].map((letter, seat) => ({
            guid: `${row + 1}-${seat + 1}`,
            number: String(seat + 1),
            x: 20 * seat,
            y: 20 * row,
            category: categories.indexOf(letter.toLowerCase()),
            ...(letter !== letter.toLowerCase() && { accessible: true as const }),
          })),
        })),
      },
    ],
    areas: [],
    generalAdmission,
  };
};

/** Rows of equal length, all of category `a`. */
export const rectangle = (rows: number, seats: number): Layout =>
  hall(Array.from({ length: rows }, () => 'a'.repeat(seats)));

/** A ticket type for a category of the plan: `tt_a` for category `a`, at 45.00 €. */
export const seated = (category: string): SaleTicketType => ({
  id: `tt_${category}`,
  name: category.toUpperCase(),
  price: { amount: 4_500, currency: 'EUR' },
  planCategory: category,
});

/** A ticket type of so many places without seats, at 20.00 €. */
export const standing = (id: string, quantity: number): SaleTicketType => ({
  id: `tt_${id}`,
  name: id,
  price: { amount: 2_000, currency: 'EUR' },
  quantity,
});
