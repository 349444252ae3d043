/** The zone in which most people of a US state live. */
const states: Record<string, string> = {
  "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
  "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
  "America/Denver": "CO ID MT NM UT WY",
  "America/Phoenix": "AZ",
  "America/Los_Angeles": "CA NV OR WA",
  "America/Anchorage": "AK",
  "Pacific/Honolulu": "HI",
  "America/Puerto_Rico": "PR VI",
};

const zones = new Map(
  Object.entries(states).flatMap(([zone, codes]) =>
    codes.split(" ").map((code): [string, string] => [code, zone]),
  ),
);

/**
 * The time zone a property in this state most likely keeps, for a property that names none; null where the text is
 * no two-letter code of a US state. Wrong near some borders (El Paso, Pensacola), so a property may name its own.
 */
export function timeZoneOfState(state: string): string | null {
  return zones.get(state.trim().toUpperCase()) ?? null;
}
