#include "service/incident_settings.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/cbor.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "service/incident_rows.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::string_view setting_name = "incidents";
constexpr std::uint64_t row_version = 2;
constexpr std::uint64_t items_in_row = 6;
constexpr std::uint64_t items_in_recipient = 6;

}  // namespace

Result<void> keep_incident_settings(store::Database& database, const store::KeyRing& ring,
                                    const IncidentSettings& settings) {
  const auto& reporter = settings.reporter;
  codec::CborWriter plain;
  plain.array(items_in_row)
      .uint(row_version)
      .text(reporter.organisation)
      .text(reporter.name)
      .text(reporter.phone)
      .text(reporter.email)
      .array(settings.recipients.size());
  for (const auto& each : settings.recipients) {
    plain.array(items_in_recipient)
        .text(each.name)
        .uint(static_cast<std::uint64_t>(each.clock))
        .uint(static_cast<std::uint64_t>(each.form))
        .text(each.folder)
        .text(each.hook)
        .text(each.mail);
  }
  TRY(sealed, seal_for_incident(ring, "setting", as_bytes(setting_name), plain.view()));
  return database.write([&](store::Transaction& transaction) -> Result<void> {
    return write_setting(transaction, setting_name, sealed);
  });
}

Result<IncidentSettings> read_incident_settings(store::Transaction& transaction, const store::KeyRing& ring) {
  IncidentSettings settings;
  TRY(sealed, read_setting(transaction, setting_name));
  if (!sealed) return settings;
  TRY(plain, open_of_incident(ring, "setting", as_bytes(setting_name), *sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != items_in_row || version != row_version) return fail(Errc::corrupt, "incidents: version");
  auto& reporter = settings.reporter;
  for (auto* text : {&reporter.organisation, &reporter.name, &reporter.phone, &reporter.email}) {
    TRY(said, in.text());
    *text = said;
  }
  TRY(recipients, in.array());
  settings.recipients.clear();
  for (std::uint64_t i = 0; i < recipients; ++i) {
    TRY(columns, in.array());
    if (columns != items_in_recipient) return fail(Errc::corrupt, "incidents: a recipient");
    TRY(name, in.text());
    TRY(clock, in.uint());
    TRY(form, in.uint());
    TRY(folder, in.text());
    TRY(hook, in.text());
    TRY(mail, in.text());
    settings.recipients.push_back({.name = std::string{name},
                                   .clock = static_cast<domain::IncidentClock>(clock),
                                   .form = static_cast<domain::DraftForm>(form),
                                   .folder = std::string{folder},
                                   .hook = std::string{hook},
                                   .mail = std::string{mail}});
  }
  TRYV(in.end());
  return settings;
}

Result<bool> are_incident_settings_kept(store::Database& database, const store::KeyRing& ring,
                                        const IncidentSettings& settings) {
  bool are_kept = false;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(kept, read_incident_settings(transaction, ring));
    are_kept = kept == settings;
    return ok();
  }));
  return are_kept;
}

}  // namespace lindung::service
