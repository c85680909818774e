// A verdict as `lindung verify --json`, its lines and POST /v1/verify give it.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "cert/verdict.h"

namespace lindung::cert {

// {"id", "format", "verdict", "reason", "steps", "issuer", "subject_initials"}; what is not known is null. Of a valid
// light pass also "holder" and "birth_year".
[[nodiscard]] boost::json::object verdict_json(const Verdict& verdict, boost::json::value id);

}  // namespace lindung::cert
