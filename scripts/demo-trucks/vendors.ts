/** One line of the permits of mobile food facilities. */
export interface Permit {
  readonly Applicant: string;
  readonly FacilityType: string;
}

/** One thing that a permit’s free text says is sold. */
export interface VendorItem {
  readonly applicant: string;
  readonly item: string;
}

/** A food truck with what it cooks, in the words of its permit. */
export interface Vendor {
  /** As the permit has it. */
  readonly applicant: string;
  readonly name: string;
  readonly dishes: readonly string[];
}

const leftOut = [
  // A person, not a firm: a demo has no use for their name.
  'Liang Bai Ping',
  // Say what they cook with, not what.
  'Marengo',
  'Munch India',
];
const fewestDishes = 3;
const mostDishes = 12;

/** `Bay Area Mobile Catering, Inc. dba. Taqueria Angelica's` → `Taqueria Angelica’s`: what the truck says on its side. */
export const nameOf = (applicant: string): string => {
  const trade = applicant
    .replace(/^.*\bdba\b[.:]?\s*/i, '')
    .replace(/\s+\/.*$/, '')
    .replace(/,?\s+(LLC|Inc|Corporation)\.?$/, '')
    .replaceAll("'", '’')
    .trim();
  return trade === trade.toUpperCase()
    ? trade.replace(/[\p{Letter}’]{3,}/gu, (word) => word.charAt(0) + word.slice(1).toLowerCase())
    : trade;
};

/** Says nothing of what is eaten. */
const noDish =
  /\b(various|varies|etc|everything|multiple|cold truck|choice of|other items|condiments|types?|items|toppings|food|refreshments)\b|^carnes$/i;

/** The dishes of a free text that was cut at its commas: in its own spelling, each once. */
export const dishesOf = (items: readonly string[]): readonly string[] => {
  const dishes = new Map<string, string>();
  for (const item of items) {
    // A bracket whose other half was cut off goes with what stands in it.
    if (/^[^(]*\)/.test(item)) continue;
    const dish = item
      .replace(/\(.*$|\. .*$/, '')
      .replace(/\s*(&|\band\b)\s+(various |energy )?(drinks|beverages|other .*)$/i, '')
      .replace(/^and\s+/i, '')
      .replaceAll("'", '’')
      .trim();
    if (dish.length < 3 || dish.length > 40 || noDish.test(dish)) continue;
    const key = dish.toLowerCase().replace(/s$/, '');
    if (!dishes.has(key)) dishes.set(key, dish.charAt(0).toUpperCase() + dish.slice(1));
  }
  return [...dishes.values()].slice(0, mostDishes);
};

/** Those who have a truck and say what they cook; by name. */
export const vendorsOf = (permits: readonly Permit[], items: readonly VendorItem[]): readonly Vendor[] => {
  const itemsOf = Map.groupBy(items, ({ applicant }) => applicant);
  const withTruck = permits.filter(({ FacilityType }) => FacilityType === 'Truck');
  const vendors = [...new Set(withTruck.map(({ Applicant }) => Applicant))]
    .filter((applicant) => !leftOut.includes(applicant))
    .map((applicant) => ({
      applicant,
      name: nameOf(applicant),
      dishes: dishesOf((itemsOf.get(applicant) ?? []).map(({ item }) => item)),
    }));
  return vendors
    .filter(({ dishes }) => dishes.length >= fewestDishes)
    .toSorted((a, b) => (a.applicant < b.applicant ? -1 : 1));
};
