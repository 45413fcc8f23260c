import { expect, test } from 'vitest';
import { checkPaths } from '../../lib/api-stack.ts';

const route = (path: string) => ({ method: 'GET', path, function: 'catalog-queries' });

test('one place in a path has one parameter name', () => {
  expect(() => checkPaths([route('/venues/{venueId}'), route('/venues/{venueId}/plan')])).not.toThrow();
  expect(() => checkPaths([route('/venues/{venueId}'), route('/venues/{id}/plan')])).toThrow(
    'Routes /venues/{venueId} and /venues/{id}/plan name the parameter after /venues differently',
  );
});
