// Which plural form a count takes: CLDR's categories in the order in which gettext's catalogs list their forms.

const ORDER: readonly Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];

/** The categories that whole numbers take. Polish has "other" for fractions only, and its catalog no form for it. */
export function integerPluralCategories(rules: Intl.PluralRules): Intl.LDMLPluralRule[] {
  const used = new Set<Intl.LDMLPluralRule>();
  for (let count = 0; count <= 200; count++) used.add(rules.select(count));
  return ORDER.filter((category) => used.has(category));
}

/** The index of the form for a count; the last form for a category that whole numbers below 200 never take. */
export function pluralIndex(
  rules: Intl.PluralRules,
  categories: readonly Intl.LDMLPluralRule[],
  count: number,
): number {
  const index = categories.indexOf(rules.select(count));
  return index < 0 ? categories.length - 1 : index;
}
