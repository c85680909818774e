#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "domain/incident.h"
#include "service/incidents.h"
#include "service/ledger.h"
#include "service/nodes.h"
#include "store/ring.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> export_log(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"folder"}));
  TRY(folder, arguments.text("folder"));
  TRY(checkpoint, at.publisher.export_to(folder));
  return Object{{"folder", folder}, {"size", checkpoint.size}, {"root", codec::hex(checkpoint.root)}};
}

Result<json::value> log_status(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(status, at.publisher.status());
  return Object{{"origin", status.checkpoint.origin},
                {"size", status.checkpoint.size},
                {"root", codec::hex(status.checkpoint.root)},
                {"checkpoint_at", rfc3339(status.signed_at)},
                {"committed", status.committed},
                {"to_publish", status.committed - std::min(status.committed, status.checkpoint.size)},
                {"anchor_size", status.anchor_size},
                {"anchor_root", codec::hex(status.anchor_root)}};
}

Result<json::value> status(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  const auto exchange = at.exchange.counters();
  const auto store = at.platform.database.counters();
  json::array reasons;
  for (const auto& reason : at.gate.reasons()) reasons.emplace_back(reason);
  TRY(directory_seed, at.platform.ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
  const auto directory_key = crypto::Ed25519PrivateKey::from_seed(directory_seed).public_key();
  const auto& log_key = at.publisher.verifier_key();
  // What must not be overlooked.
  TRY(views, service::list_incidents(at.platform, false));
  json::array incidents;
  for (const auto& view : views) {
    if (view.row.state == domain::IncidentState::closed) continue;
    const auto& next = view.first.met_at ? view.second : view.first;
    incidents.emplace_back(codec::hex(view.row.id.bytes()) + " " + std::string{domain::name_of(view.row.state)} + ", " +
                           std::string{domain::name_of(next.clock)} + " due " + rfc3339(next.due) +
                           (next.met_at      ? ", met"
                            : next.is_late() ? ", LATE"
                                             : ""));
  }
  TRY(due, service::due_reminders(at.platform));
  return Object{{"sealed", at.platform.ring.is_sealed()},
                {"incidents", std::move(incidents)},
                {"sandbox", at.is_sandbox},
                {"answering", at.gate.is_open()},
                {"closed_by", std::move(reasons)},
                {"nodes", at.platform.nodes == nullptr ? 1 : at.platform.nodes->count()},
                {"log_published", at.publisher.published_size()},
                {"questions", exchange.questions},
                {"batches", exchange.batches},
                {"repeated", exchange.repeated},
                {"refused", exchange.refused},
                {"decommission_reminders_due", due.size()},
                {"commits", store.commits},
                {"pact_digest", codec::hex(at.platform.directory.get()->pacts.current)},
                {"directory_key", codec::hex(directory_key.bytes())},  // what a partner pins
                {"log_key", codec::hex(log_key.key().bytes())},
                {"log_origin", log_key.name()}};
}

}  // namespace

std::vector<AdminCommand> log_commands() {
  return {{.name = "log/export", .officers = 0, .run = export_log},
          {.name = "log/status", .officers = 0, .run = log_status}};
}
std::vector<AdminCommand> status_commands() { return {{.name = "status", .officers = 0, .run = status}}; }

}  // namespace lindung::api
