import type { Picture } from './availability-picture.ts';
import { chooseBest, seededRandom } from './best-available.ts';
import type { Block } from './block.ts';
import { claimId } from './hold.ts';
import type { HoldPorts, OpenSale } from './ports.ts';

/** How a search for places ended. */
export type Search<Outcome> =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  /** As this picture, which was read meanwhile, shows. */
  | { readonly kind: 'nothing_fits'; readonly picture: Picture }
  /** So many others wanted the same places that none was got within bounds. */
  | { readonly kind: 'busy' };

/** Tries of a search before it answers that it is busy. */
const maxTries = 40;

/** Refusals after which the picture is read anew instead of being mended further. */
const refusalsPerPicture = 4;

/** How old a picture may be that places are chosen from. */
const pictureMaxAgeMs = 2_000;

/** Whether a ticket type is general admission: its places stand in no row. */
export const isGeneralAdmission = ({ plan }: OpenSale, ticketType: number): boolean =>
  plan.blocks[plan.blocksOfType[ticketType]?.[0] ?? -1]?.row === undefined;

/**
 * Chooses from the picture, tries, and on a refusal chooses again from the mended picture. That nothing
 * fits is said only after a picture read within this request shows it.
 * @param wanted the ticket type by index; `adjacent` means nothing in general admission.
 * @param holdId id of the hold that the places are for: what it has claimed before counts as free.
 * @param attempt takes the places for good or for a while; undefined when others have some of them, which it
 * has mended the picture by.
 */
export const searchPlaces = async <Outcome>(
  ports: Pick<HoldPorts, 'pictures' | 'clock'>,
  open: OpenSale,
  wanted: { readonly ticketType: number; readonly quantity: number; readonly adjacent: boolean },
  holdId: string,
  attempt: (places: readonly number[], picture: Picture) => Promise<Outcome | undefined>,
): Promise<Search<Outcome>> => {
  const random = seededRandom(holdId);
  const isStanding = isGeneralAdmission(open, wanted.ticketType);
  let maxAgeMs = pictureMaxAgeMs;
  let refusals = 0;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const picture = await ports.pictures.of(open, maxAgeMs);
    const isFresh = maxAgeMs === 0;
    const choose = (blocks: readonly Block[]) =>
      chooseBest(open.plan, blocks, {
        ...wanted,
        // Standing places have no neighbours: any will do.
        adjacent: wanted.adjacent && !isStanding,
        isGeneralAdmission: isStanding,
        holdId: claimId(holdId),
        now: ports.clock(),
        random,
      });
    const places = choose(picture.blocks);
    if (places === undefined) {
      // What others of this process are about to claim, or gave back since, is not what was read: only that decides.
      if (isFresh && choose(picture.asRead) === undefined) {
        return { kind: 'nothing_fits', picture };
      }
      maxAgeMs = 0;
      continue;
    }
    const outcome = await attempt(places, picture);
    if (outcome !== undefined) return { kind: 'done', outcome };
    refusals += 1;
    maxAgeMs = refusals % refusalsPerPicture === 0 ? 0 : pictureMaxAgeMs;
  }
  return { kind: 'busy' };
};
