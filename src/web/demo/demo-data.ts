export type FloorPlan = {
  name: string;
  bedrooms: number;
  bathrooms: number;
  square_feet: number | null;
  /** Whole dollars a month. */
  rent_from: number;
  available_count: number;
};

export type DemoProperty = {
  id: string;
  name: string;
  time_zone: string;
  embed_key: string;
  address?: string;
  city?: string;
  state?: string;
  phone?: string | null;
  amenities?: unknown;
  floor_plans?: FloorPlan[];
};

export type DemoCompany = {
  id: string;
  name: string;
  accounts: { id: string; email: string; role: string }[];
  properties: DemoProperty[];
};

export type Demo = { password: string; sandbox_url?: string; companies: DemoCompany[] };

/** The demonstration's companies and keys; throws where the server is not one for demonstrations. */
export async function loadDemo(): Promise<Demo> {
  const response = await fetch("/api/test/demo");
  if (!response.ok) throw new Error(`No demonstration data here (HTTP ${response.status})`);
  const { data } = (await response.json()) as { data: Demo };
  return data;
}

/** The property asked for, else the first there is. */
export function chooseProperty(
  demo: Demo,
  id: string | null,
): { company: DemoCompany; property: DemoProperty } | null {
  const all = demo.companies.flatMap((company) =>
    company.properties.map((property) => ({ company, property })),
  );
  return all.find(({ property }) => property.id === id) ?? all[0] ?? null;
}

/** Names from what a property lists as amenities: a list of words, or of records with a name. */
export function amenityNames(amenities: unknown): string[] {
  if (!Array.isArray(amenities)) return [];
  return amenities.flatMap((entry: unknown) => {
    if (typeof entry === "string") return [entry];
    const name = (entry as { name?: unknown } | null)?.name;
    return typeof name === "string" ? [name] : [];
  });
}
