#include "api/borrow.h"

#include <utility>

#include "base/result.h"
#include "http/message.h"

namespace lindung::api {

void respond(http::Responder responder, Result<http::Response> result, ErrorPage render) {
  responder(result.has_error() ? render(result.error()) : std::move(result).value());
}

}  // namespace lindung::api
