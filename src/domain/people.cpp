#include "domain/people.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/nik.h"
#include "domain/people_history.h"
#include "domain/people_names.h"
#include "domain/people_random.h"
#include "domain/record.h"

namespace lindung::domain {

namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::size_t block = 20;

// Each block of twenty holds every colour, in an order of its own.
Colour colour_of(std::uint64_t seed, std::size_t number) {
  std::array<Colour, block> colours{};
  colours.fill(Colour::green);
  std::fill_n(colours.begin(), 3, Colour::yellow);
  std::fill_n(colours.begin() + 3, 2, Colour::red);
  colours[5] = Colour::black;
  MadeUpRandom order{~seed, number / block};
  for (std::size_t i = block - 1; i > 0; --i) std::swap(colours[i], colours[order.below(i + 1)]);
  return colours[number % block];
}

void put_two(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

// Where the number was issued: a province by its population, then any of its regencies and cities.
std::string region(MadeUpRandom& random) {
  const auto list = provinces();
  std::uint64_t people = 0;
  for (const auto& province : list) people += province.population_thousands;
  auto left = random.below(people);
  const auto* chosen = &list.front();
  for (const auto& province : list) {
    chosen = &province;
    if (left < province.population_thousands) break;
    left -= province.population_thousands;
  }
  const auto place = static_cast<unsigned>(random.below(chosen->regencies + chosen->cities));
  const bool is_city = place >= chosen->regencies;
  std::string digits = chosen->code;
  put_two(digits, is_city ? 71 + place - chosen->regencies : 1 + place);
  put_two(digits, static_cast<unsigned>(random.between(1, is_city ? 8 : 20)));
  return digits;
}

// Who is vaccinated is at least six; the younger are more.
year_month_day birth_date(bool may_be_small, Moment now, MadeUpRandom& random) {
  const int youngest = may_be_small ? 0 : 6;
  const int age = std::min(random.between(youngest, 90), random.between(youngest, 90));
  return year_month_day{std::chrono::floor<days>(now) - days{age * 365 + random.between(1, 364) + age / 4}};
}

std::string name_of(Sex sex, MadeUpRandom& random) {
  const std::span given = sex == Sex::male ? std::span{names_of_men} : std::span{names_of_women};
  std::string name{random.pick(given)};
  if (random.is_one_of(30)) name.append(" ").append(random.pick(given));
  if (random.is_one_of(85)) name.append(" ").append(random.pick(std::span{last_names}));
  return name;
}

}  // namespace

std::optional<MadeUpPerson> MadeUpPeople::next() {
  if (made_ == count_) return std::nullopt;
  const auto number = made_++;
  MadeUpRandom random{seed_, number};
  const auto colour = colour_of(seed_, number);
  const auto birth = birth_date(colour == Colour::red, now_, random);
  const auto sex = random.is_one_of(50) ? Sex::male : Sex::female;
  constexpr unsigned female_offset = 40;
  auto digits = region(random);
  put_two(digits, static_cast<unsigned>(birth.day()) + (sex == Sex::female ? female_offset : 0));
  put_two(digits, static_cast<unsigned>(birth.month()));
  put_two(digits, static_cast<unsigned>(static_cast<int>(birth.year())) % 100);
  auto serial = static_cast<unsigned>(random.between(1, 9));
  std::uint64_t place = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), place);
  constexpr unsigned serials = 10'000;
  while (!used_.insert(place * serials + serial).second) serial = serial % (serials - 1) + 1;
  put_two(digits, serial / 100);
  put_two(digits, serial % 100);
  auto nik = parse_nik(digits);
  if (nik.has_error()) std::abort();  // made from the same table that it is checked with
  auto name = name_of(sex, random);
  auto facts = made_up_history(colour, now_, random);
  // Only the red may be so small that a fact would lie before their birth; without it they are red all the same.
  std::erase_if(facts, [&](const Fact& fact) { return moment_of(fact) < Moment{std::chrono::sys_days{birth}}; });
  return MadeUpPerson{.number = number,
                      .nik = std::move(nik).value(),
                      .name = std::move(name),
                      .birth = birth,
                      .facts = std::move(facts),
                      .intended = colour};
}

}  // namespace lindung::domain
