#include "api/receipt_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/id.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "service/import_receipt.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

json::array named(const std::vector<domain::Rejected>& rows) {
  json::array all;
  for (const auto& row : rows) {
    all.emplace_back(json::object{{"file", row.place.file},
                                  {"line", row.place.line},
                                  {"pointer", row.place.pointer},
                                  {"reason", domain::name_of(row.reason)},
                                  {"meaning", domain::meaning_of(row.reason)}});
  }
  return all;
}

}  // namespace

json::object receipt_json(const IssuerId& issuer, const std::string& import_id, const service::ImportReceipt& receipt) {
  return {{"issuer", issuer.value()},
          {"import_id", import_id},
          {"rows", receipt.balance.rows_in},
          {"accepted", receipt.balance.accepted},
          {"rejected", receipt.balance.rejected},
          {"quarantined", receipt.balance.quarantined},
          {"log_index", receipt.log_index},
          {"repeated", receipt.is_repeated},
          {"rejections", named(receipt.rejected)},
          {"quarantines", named(receipt.quarantined)},
          {"not_named", receipt.unnamed()}};
}

}  // namespace lindung::api
