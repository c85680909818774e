// The kinds of places, in the words of the people who go there.
import type {Text} from "../words/tongue";

const names: Readonly<Record<string, Text>> = {
  restaurant: {id: "Restoran", en: "Restaurant"},
  office: {id: "Kantor", en: "Office"},
  place_of_worship: {id: "Rumah ibadah", en: "Place of worship"},
  transport_hub: {id: "Stasiun atau terminal", en: "Station or terminal"},
  hospital: {id: "Rumah sakit", en: "Hospital"},
  mall: {id: "Pusat perbelanjaan", en: "Shopping centre"},
  school: {id: "Sekolah", en: "School"},
  airport: {id: "Bandar udara", en: "Airport"},
  cinema: {id: "Bioskop", en: "Cinema"},
  sports: {id: "Tempat olahraga", en: "Sports venue"},
};

export const categories: readonly string[] = Object.keys(names);

export function categoryName(category: string): Text {
  return names[category] ?? {id: "Tempat umum", en: "Public place"};
}
