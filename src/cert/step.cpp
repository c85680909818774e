#include "cert/step.h"

#include <string_view>

namespace lindung::cert {

std::string_view name_of(Step step) noexcept {
  switch (step) {
    case Step::prefix: return "prefix";
    case Step::base45: return "base45";
    case Step::base32: return "base32";
    case Step::zlib: return "zlib";
    case Step::json: return "json";
    case Step::jws: return "jws";
    case Step::cose: return "cose";
    case Step::cwt: return "cwt";
    case Step::signature: return "signature";
    case Step::validity: return "validity";
    case Step::schema: return "schema";
    case Step::key_usage: return "key_usage";
    case Step::revocation: return "revocation";
    case Step::rules: break;
  }
  return "rules";
}

}  // namespace lindung::cert
