#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/category.h"
#include "people/venue_applications.h"
#include "people/venue_members.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

// The code goes to the venue's owner, on paper; nothing keeps it.
Result<json::value> make_owner_code(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue", "label"}));
  TRY(venue, arguments.bytes<16>("venue"));
  TRY(made,
      people::make_venue_code(at.platform, VenueId{venue}, people::VenueRole::owner, arguments.text_or("label", "")));
  return Object{{"venue", codec::hex(venue)},
                {"code", made.code},
                {"link", "/venue/#/join"},
                {"expires_at", rfc3339(made.expires_at)}};
}

Result<json::value> list_applications(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(waiting, people::waiting_applications(at.platform));
  json::array rows;
  for (const auto& each : waiting) {
    rows.emplace_back(Object{{"application", codec::hex(each.id.bytes())},
                             {"name", each.name},
                             {"category", domain::name_of(each.category)},
                             {"capacity", each.capacity},
                             {"asked_at", rfc3339(each.asked_at)}});
  }
  return Object{{"applications", std::move(rows)}};
}

Result<people::VenueApplicationId> application_of(const Object& object) {
  TRY(arguments, Arguments::read(object, {"application"}));
  TRY(id, arguments.bytes<16>("application"));
  return people::VenueApplicationId{id};
}

Result<json::value> accept(const AdminGround& at, const Object& object) {
  TRY(id, application_of(object));
  TRY(venue, people::accept_application(at.platform, id));
  return Object{{"application", codec::hex(id.bytes())}, {"venue", codec::hex(venue.bytes())}};
}

Result<json::value> decline(const AdminGround& at, const Object& object) {
  TRY(id, application_of(object));
  TRYV(people::decline_application(at.platform, id));
  return Object{{"application", codec::hex(id.bytes())}, {"state", "declined"}};
}

}  // namespace

std::vector<AdminCommand> venue_staff_commands() {
  return {{.name = "venue/owner", .officers = 1, .run = make_owner_code},
          {.name = "venue/applications", .officers = 0, .run = list_applications},
          {.name = "venue/accept", .officers = 1, .run = accept},
          {.name = "venue/decline", .officers = 1, .run = decline}};
}

}  // namespace lindung::api
