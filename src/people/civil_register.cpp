#include "people/civil_register.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/csv.h"
#include "crypto/random.h"
#include "domain/nik.h"
#include "domain/travel_card_json.h"
#include "people/identity.h"
#include "people/phone.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::people {

namespace {

constexpr std::string_view purpose = "civil-register";
constexpr std::size_t fields = 4;  // what a claim is compared by beside its NIK
constexpr std::size_t rows_a_unit = 1'000;
constexpr std::size_t longest_row = 4'096;
constexpr std::size_t card_size = 16;
using Checks = ByteArray<fields * 32>;

// Capital letters and single spaces: registers and people write titles, points and apostrophes as they like.
std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper >= 'A' && upper <= 'Z') {
      out += upper;
    } else if (c == ' ' && !out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

struct Macs {
  Hash index{};
  Checks checks{};
};

// Each field is bound to the NIK: equal telephones of a family give other MACs.
Result<Macs> macs_of(const store::KeyRing& ring, const IdentityClaim& claim) {
  const store::BlindIndex blind{ring};
  Macs out;
  TRY(index, blind.of(purpose, Message{}.text("nik").u8(0).text(claim.nik.digits()).view()));
  out.index = index;
  const std::array<std::pair<std::string_view, std::string>, fields> parts{{{"name", plain_name(claim.name)},
                                                                            {"born", domain::text_of(claim.born)},
                                                                            {"family-card", claim.family_card},
                                                                            {"phone", claim.phone.value()}}};
  std::size_t at = 0;
  for (const auto& [name, value] : parts) {
    TRY(mac, blind.of(purpose, Message{}.text(name).u8(0).text(claim.nik.digits()).text(value).view()));
    std::ranges::copy(mac, out.checks.begin() + static_cast<std::ptrdiff_t>(at));
    at += mac.size();
  }
  return out;
}

Result<Hash> index_of_nobody(const store::KeyRing& ring) {
  return store::BlindIndex{ring}.of(purpose, Message{}.text("nobody").u8(0).view());
}

bool is_card(std::string_view text) {
  return text.size() == card_size && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct Columns {
  std::size_t nik{};
  std::size_t name{};
  std::size_t born{};
  std::size_t family_card{};
  std::size_t phone{};
};

Result<Columns> columns_of(const std::vector<std::string>& header) {
  const auto place = [&](std::string_view name) -> Result<std::size_t> {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) return fail(Errc::malformed, "the column " + std::string{name} + " is needed");
    return static_cast<std::size_t>(found - header.begin());
  };
  TRY(nik, place("nik"));
  TRY(name, place("name"));
  TRY(born, place("born"));
  TRY(card, place("family_card"));
  TRY(phone, place("phone"));
  return Columns{.nik = nik, .name = name, .born = born, .family_card = card, .phone = phone};
}

std::optional<IdentityClaim> claim_of(const codec::CsvRow& row, const Columns& columns, std::size_t width) {
  if (row.fault != codec::CsvRow::Fault::none || row.fields.size() != width) return std::nullopt;
  auto nik = domain::parse_nik(row.fields[columns.nik]);
  auto born = domain::parse_partial_date(row.fields[columns.born]);
  auto phone = parse_phone(row.fields[columns.phone]);
  const auto& card = row.fields[columns.family_card];
  const auto& name = row.fields[columns.name];
  if (nik.has_error() || born.has_error() || phone.has_error() || !is_card(card) || plain_name(name).empty()) {
    return std::nullopt;
  }
  return IdentityClaim{.nik = std::move(nik).value(),
                       .name = name,
                       .born = born.value(),
                       .family_card = card,
                       .phone = std::move(phone).value()};
}

Result<void> write(const service::Platform& platform, const std::vector<Macs>& rows) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& row : rows) {
      TRYV(transaction.run(store::Sql{"INSERT INTO civil_register (idx, checks) VALUES ($1, $2) "
                                      "ON CONFLICT (idx) DO UPDATE SET checks = excluded.checks"},
                           {BytesView{row.index}, BytesView{row.checks}}));
    }
    return ok();
  });
}

}  // namespace

// One look-up that finds a row and one that finds none, whoever is asked about: what a row costs tells nothing.
Result<bool> CivilRegister::agrees(const IdentityClaim& claim) const {
  TRY(macs, macs_of(platform_.ring, claim));
  TRY(nobody, index_of_nobody(platform_.ring));
  const auto nowhere = crypto::random_bytes<32>();
  bool is_there = false;
  Checks known{};  // of nobody: no MAC is zeros
  Checks other{};
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    is_there = false;
    const auto read = [&](const Hash& index, Checks& into) {
      return transaction.run(store::Sql{"SELECT checks FROM civil_register WHERE idx = $1"}, {BytesView{index}},
                             [&](const store::Row& row) { into = take<fields * 32>(row.bytes(0)); });
    };
    TRY(found, read(macs.index, known));
    is_there = found != 0;
    TRY(second, read(is_there ? nowhere : nobody, other));
    static_cast<void>(second);
    return ok();
  }));
  return is_there && equal_secret(known, macs.checks);
}

Result<LoadedRegister> load_civil_register(const service::Platform& platform, std::string_view csv) {
  codec::CsvReader reader{csv, ',', longest_row};
  codec::CsvRow row;
  if (!reader.next(row)) return fail(Errc::malformed, "the register is empty");
  TRY(columns, columns_of(row.fields));
  const auto width = row.fields.size();
  LoadedRegister loaded;
  TRY(nobody, index_of_nobody(platform.ring));
  std::vector<Macs> rows{{.index = nobody, .checks = crypto::random_bytes<fields * 32>()}};
  while (reader.next(row)) {
    const auto claim = claim_of(row, columns, width);
    if (!claim) {
      ++loaded.refused;
      continue;
    }
    TRY(macs, macs_of(platform.ring, *claim));
    rows.push_back(macs);
    ++loaded.rows;
    if (rows.size() < rows_a_unit) continue;
    TRYV(write(platform, rows));
    rows.clear();
  }
  TRYV(write(platform, rows));
  return loaded;
}

}  // namespace lindung::people
