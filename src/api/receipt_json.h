// An import's receipt as JSON: the same for the operator's command and for the issuer's own request.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/id.h"
#include "service/import_receipt.h"

namespace lindung::api {

[[nodiscard]] boost::json::object receipt_json(const IssuerId& issuer, const std::string& import_id,
                                               const service::ImportReceipt& receipt);

}  // namespace lindung::api
