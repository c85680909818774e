#include "service/licences.h"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 256UL * 1024 * 1024;
constexpr std::size_t longest_text = 200;
constexpr std::size_t rows_a_unit = 2'000;

// Reads the members of one object of a register, with the place for messages.
class Fields {
 public:
  Fields(const json::value& value, std::string place) : value_{value}, place_{std::move(place)} {}

  [[nodiscard]] Result<std::string> text(std::string_view name) const {
    const auto* found = member(name);
    if (found == nullptr || !found->is_string() || found->get_string().empty() ||
        found->get_string().size() > longest_text) {
      return refuse(name, "a text of 1 to 200 bytes");
    }
    return std::string{found->get_string()};
  }
  [[nodiscard]] Result<std::int64_t> count(std::string_view name) const {
    const auto* found = member(name);
    if (found == nullptr || !found->is_int64() || found->get_int64() < 0) return refuse(name, "a number from 0 on");
    return found->get_int64();
  }
  [[nodiscard]] Result<Moment> moment(std::string_view name) const {
    TRY(written, text(name));
    const auto at = parse_rfc3339(written);
    if (at.has_error()) return refuse(name, "a time as RFC 3339 writes it");
    return at.value();
  }

 private:
  [[nodiscard]] const json::value* member(std::string_view name) const {
    return value_.is_object() ? value_.get_object().if_contains(name) : nullptr;
  }
  [[nodiscard]] Error refuse(std::string_view name, std::string_view needed) const {
    return Error{
        .code = Errc::malformed,
        .detail = "register: " + place_ + ": " + std::string{name} + ": " + std::string{needed} + " is needed"};
  }
  const json::value& value_;
  std::string place_;
};

Result<json::array> read_list(std::string_view text, std::string_view name) {
  TRY(document, codec::parse_json(text, {.bytes = most_bytes, .depth = 8}));
  TRYV(Fields(document, "the document").text("source"));
  auto* list = document.get_object().if_contains(name);
  if (list == nullptr || !list->is_array()) {
    return fail(Errc::malformed, "register: a list \"" + std::string{name} + "\" is needed");
  }
  return std::move(list->get_array());
}

// Calls put(transaction, item) for all, some thousands a unit.
template <class Item, class Put>
Result<void> put_all(const Platform& platform, const std::vector<Item>& items, Put put) {
  for (std::size_t from = 0; from < items.size(); from += rows_a_unit) {
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      for (std::size_t i = from; i < items.size() && i < from + rows_a_unit; ++i) {
        TRYV(put(transaction, items[i]));
      }
      return ok();
    }));
  }
  return ok();
}

}  // namespace

Result<std::uint64_t> load_licences(const Platform& platform, std::string_view text) {
  struct Licence {
    std::string id;
    std::string holder;
    Moment valid_until;
  };
  TRY(list, read_list(text, "licences"));
  std::vector<Licence> licences;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Fields fields{list[i], "licences[" + std::to_string(i) + "]"};
    TRY(id, fields.text("id"));
    TRY(holder, fields.text("holder"));
    TRY(valid_until, fields.moment("valid_until"));
    licences.push_back({.id = std::move(id), .holder = std::move(holder), .valid_until = valid_until});
  }
  // What is not in the new register has ended; nothing is deleted under an issuer that refers to it.
  TRYV(platform.database.write([](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE licence SET valid_until = 0"}, {}));
    return ok();
  }));
  TRYV(put_all(platform, licences, [](store::Transaction& transaction, const Licence& each) -> Result<void> {
    TRYV(transaction.run(
        store::Sql{"INSERT INTO licence (licence_id, holder, valid_until) VALUES ($1, $2, $3) ON CONFLICT (licence_id) "
                   "DO UPDATE SET holder = excluded.holder, valid_until = excluded.valid_until"},
        {std::string_view{each.id}, std::string_view{each.holder},
         static_cast<std::int64_t>(unix_seconds(each.valid_until))}));
    return ok();
  }));
  return licences.size();
}

Result<void> check_licence(store::Transaction& transaction, std::string_view licence, Moment now) {
  TRY(registered, transaction.run(store::Sql{"SELECT licence_id FROM licence LIMIT 1"}, {}));
  if (registered == 0) return ok();
  TRY(known, transaction.run(store::Sql{"SELECT holder FROM licence WHERE licence_id = $1 AND valid_until > $2"},
                             {licence, static_cast<std::int64_t>(unix_seconds(now))}));
  return known == 0 ? fail(Errc::denied, "a licence is needed that the register knows and that has not ended")
                    : Result<void>{ok()};
}

Result<std::uint64_t> load_lots(const Platform& platform, std::string_view text) {
  struct Lot {
    std::string vaccine;
    std::string lot;
    std::int64_t doses{};
  };
  TRY(list, read_list(text, "lots"));
  std::vector<Lot> lots;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Fields fields{list[i], "lots[" + std::to_string(i) + "]"};
    TRY(vaccine, fields.text("vaccine"));
    TRY(lot, fields.text("lot"));
    TRY(doses, fields.count("doses"));
    lots.push_back({.vaccine = std::move(vaccine), .lot = std::move(lot), .doses = doses});
  }
  TRYV(put_all(platform, lots, [](store::Transaction& transaction, const Lot& each) -> Result<void> {
    TRYV(transaction.run(store::Sql{"INSERT INTO lot (vaccine, lot, doses, used) VALUES ($1, $2, $3, 0) "
                                    "ON CONFLICT (vaccine, lot) DO UPDATE SET doses = excluded.doses"},
                         {std::string_view{each.vaccine}, std::string_view{each.lot}, each.doses}));
    return ok();
  }));
  return lots.size();
}

}  // namespace lindung::service
