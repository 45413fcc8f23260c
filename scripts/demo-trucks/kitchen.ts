import type { Menu } from '../../functions/marketplace/truck.ts';
import type { Chance } from '../../local/demo/chance.ts';
import type { Vendor } from './vendors.ts';

/** What a cuisine is told by. */
const cuisines: readonly (readonly [string, RegExp])[] = [
  ['mexican', /taco|burrito|torta|quesadilla|nacho|pozole|tamale|flauta|salbute|panucho|tostada/i],
  ['salvadoran', /pupusa/i],
  ['peruvian', /peru|ceviche|saltado|jalea/i],
  ['cuban', /cuban|ropa vieja|tostones|yuca/i],
  ['caribbean', /jerk|curry goat|ox ?tail/i],
  ['filipino', /filipino|sisig|lumpia/i],
  ['indian', /india|masala|samosa|\blassi|naan|kathi|dosa/i],
  ['chinese', /noodle|fried rice|chinese|spring roll|chow mein|cow mein/i],
  ['middle eastern', /gyro|keb[oa]b|falafel|halal/i],
  ['seafood', /lobster|crab|poke|fish|calamar|tilapia|shrimp/i],
  ['pizza', /pizza|margherita|pepperoni/i],
  ['barbecue', /ribs|rotisserie|pork loin|bbq/i],
  ['burgers and hot dogs', /burger|slider|hot ?dog|corn ?dog|cheesesteak|sausage/i],
  ['sandwiches', /sandwich|melt|wrap|grilled cheese|muffin|bagel/i],
  ['comfort food', /fried chicken|mac (&|and) cheese|meatloaf|greens|cobbler|mashed/i],
  ['coffee and pastry', /coffee|espresso|pastr|donut|cros+a?i?s*ants?|hot chocolate|breads/i],
  ['ice cream', /ice cream|waffle|snow cone/i],
  ['juice and salad', /smoothie|juice|acai|salad|fruit/i],
];
const mostCuisines = 3;

/** The cuisines of most dishes, first the one of most; one dish alone makes a cuisine only where none has more. */
export const cuisinesOf = ({ name, dishes }: Pick<Vendor, 'name' | 'dishes'>): readonly string[] => {
  const counted = cuisines
    .map(([cuisine, told]) => ({
      cuisine,
      count: [name, ...dishes].filter((text) => told.test(text)).length,
    }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
  const often = counted.filter(({ count }, index) => index === 0 || count > 1);
  return often.slice(0, mostCuisines).map(({ cuisine }) => cuisine);
};

const isDrink =
  /coffee|espresso|\bteas?\b|chai|juice|water|soda|\blassi|drink|beverage|lemonade|milk|cocoa|chocolate|coke|pepsi|7-up|redbull|rockstar|dr\. pepper|gatorade|agua|smoothie|shake/i;
const isSmall =
  /cand(y|ies)|chips|cookie|muffin|donut|pastr|ice cream|cone|fries|snack|seeds|gum|peanut|pretzel|yogurt|yoplait|pudding|beans|rice$|fruit|bread|cros+a|soup|bagel|onion rings|tostones|eggs|bacon$|ham$|avacado|snickers|kit-kat/i;
const tags: readonly (readonly [string, RegExp])[] = [
  ['vegan', /vegan/i],
  ['vegetarian', /vegetarian|veggie|vegetable|paneer|samosa|kale|caprese/i],
  ['halal', /halal/i],
];

const tagsOf = (text: string): string[] => tags.filter(([, told]) => told.test(text)).map(([tag]) => tag);

/** Tags of a truck: those that its name or a dish tells. */
export const truckTagsOf = ({ name, dishes }: Pick<Vendor, 'name' | 'dishes'>): string[] =>
  tagsOf([name, ...dishes].join('\n'));

/** Lowest and highest price in lei of a truck of band 2. */
const lei = { drink: [8, 14], small: [12, 20], main: [26, 44] } as const;
/** How much dearer or cheaper than band 2. */
const bandFactor: Readonly<Record<number, number>> = { 1: 0.8, 2: 1, 3: 1.35, 4: 1.8 };

/** A menu with made-up prices in whole lei, as the price band of its truck has it. */
export const menuOf = ({ dishes }: Pick<Vendor, 'dishes'>, priceBand: number, chance: Chance): Menu => ({
  items: dishes.map((name) => {
    const kind = isDrink.test(name) ? 'drink' : isSmall.test(name) ? 'small' : 'main';
    const [low, high] = lei[kind];
    const price = Math.round((low + chance.below(high - low + 1)) * (bandFactor[priceBand] ?? 1));
    return {
      name,
      price: { amount: price * 100, currency: 'RON' },
      tags: [...(kind === 'drink' ? ['drink'] : []), ...tagsOf(name)],
    };
  }),
});
