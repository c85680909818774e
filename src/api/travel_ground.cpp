#include "api/travel_ground.h"

#include <utility>

#include "api/borrow.h"
#include "base/error.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

http::Route travel_route(const RouteHead& head, const TravelSource& source, TravelAnswer answer) {
  return borrowing_route(
      head, source,
      [answer = std::move(answer)](const TravelAccess& access, const http::Request& request) -> Result<http::Response> {
        if (!access.gate.is_open()) return fail(Errc::unavailable);
        return answer(access, request);
      });
}

}  // namespace lindung::api
