// The 38 provinces as tiles of equal size, from west to east and north to south as the islands lie: a large province does not
// look like a large number. The places are those of `lindung surveillance map`.
export interface Province {
  code: string; // the first two digits of a NIK
  name: string;
  label: string; // short enough for its tile
  column: number;
  row: number;
}

export const columns = 16;
export const rows = 7;

const tiles: readonly (readonly [string, string, string, number, number])[] = [
  ["11", "Aceh", "Aceh", 0, 0],
  ["12", "Sumatera Utara", "Sumut", 1, 1],
  ["13", "Sumatera Barat", "Sumbar", 1, 2],
  ["14", "Riau", "Riau", 2, 1],
  ["15", "Jambi", "Jambi", 2, 2],
  ["16", "Sumatera Selatan", "Sumsel", 2, 3],
  ["17", "Bengkulu", "Bengkulu", 1, 3],
  ["18", "Lampung", "Lampung", 2, 4],
  ["19", "Kepulauan Bangka Belitung", "Babel", 3, 2],
  ["21", "Kepulauan Riau", "Kepri", 3, 1],
  ["31", "DKI Jakarta", "Jakarta", 4, 5],
  ["32", "Jawa Barat", "Jabar", 5, 5],
  ["33", "Jawa Tengah", "Jateng", 6, 5],
  ["34", "DI Yogyakarta", "DIY", 6, 6],
  ["35", "Jawa Timur", "Jatim", 7, 5],
  ["36", "Banten", "Banten", 3, 5],
  ["51", "Bali", "Bali", 8, 6],
  ["52", "Nusa Tenggara Barat", "NTB", 9, 6],
  ["53", "Nusa Tenggara Timur", "NTT", 10, 6],
  ["61", "Kalimantan Barat", "Kalbar", 5, 2],
  ["62", "Kalimantan Tengah", "Kalteng", 6, 2],
  ["63", "Kalimantan Selatan", "Kalsel", 7, 3],
  ["64", "Kalimantan Timur", "Kaltim", 7, 2],
  ["65", "Kalimantan Utara", "Kaltara", 7, 1],
  ["71", "Sulawesi Utara", "Sulut", 10, 1],
  ["72", "Sulawesi Tengah", "Sulteng", 9, 2],
  ["73", "Sulawesi Selatan", "Sulsel", 9, 4],
  ["74", "Sulawesi Tenggara", "Sultra", 10, 3],
  ["75", "Gorontalo", "Gorontalo", 9, 1],
  ["76", "Sulawesi Barat", "Sulbar", 8, 3],
  ["81", "Maluku", "Maluku", 11, 4],
  ["82", "Maluku Utara", "Malut", 11, 2],
  ["91", "Papua", "Papua", 15, 2],
  ["92", "Papua Barat", "P. Barat", 13, 2],
  ["93", "Papua Selatan", "P. Selatan", 15, 4],
  ["94", "Papua Tengah", "P. Tengah", 14, 3],
  ["95", "Papua Pegunungan", "P. Pegun.", 15, 3],
  ["96", "Papua Barat Daya", "PB Daya", 12, 2],
];

export const provinces: readonly Province[] = tiles.map(([code, name, label, column, row]) => ({
  code,
  name,
  label,
  column,
  row,
}));
