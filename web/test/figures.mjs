// Figures of a day and its month, of no real place: a demonstration's people send no reports.
export function figures(now) {
  const provinces = {};
  "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96"
    .split(" ")
    .forEach((code, i) => {
      const count = Math.round(90 * Math.abs(Math.sin(i * 1.7)) ** 3);
      provinces[code] = count < 5 ? null : count;
    });
  const days = Array.from({length: 30}, (_, i) => ({
    day: new Date(now.getTime() - (30 - i) * 86_400_000).toISOString().slice(0, 10),
    totals: {ili: Math.round(640 + 160 * Math.sin(i / 4) + 9 * i)},
  }));
  const name = {id: "Penyakit serupa influenza", en: "Influenza-like illness"};
  return {
    series: {days},
    day: {
      day: days[29].day,
      epsilon_milli: 1000,
      hidden_below: 5,
      syndromes: {ili: {name, provinces, total: days[29].totals.ili}},
    },
  };
}
