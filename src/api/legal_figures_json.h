// How often legal requests were granted, refused and told, and answers opened in evidence packs, as everybody may read
// it.
#pragma once

#include <boost/json/value.hpp>
#include <vector>

#include "service/legal_requests.h"
#include "service/pack_telling.h"

namespace lindung::api {

// {"months": [{"month", "counts": [{"basis", "granted", "refused", "told"}]}], "packs": [{"month", "counts": [{"basis",
// "made", "told"}]}], "hidden_below": 5}; null: from 1 to 4.
[[nodiscard]] boost::json::value legal_figures_json(const std::vector<service::LegalCount>& counts,
                                                    const std::vector<service::PackCount>& packs);

}  // namespace lindung::api
