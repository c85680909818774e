#include "cli/closing_steps.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/context.h"
#include "cli/reach.h"
#include "codec/base_n.h"
#include "domain/closing_places.h"
#include "domain/ledger.h"
#include "server/listen.h"
#include "service/backup_trial.h"
#include "store/durable_file.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::cli {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace finding = domain::finding;

using domain::ClosingStep;
using domain::Findings;
using domain::LedgerEntry;
using domain::LedgerKind;

constexpr std::size_t small_file = 4096;
constexpr std::size_t marks_limit = 64UL * 1024 * 1024;
constexpr std::chrono::seconds gone_patience{30};
constexpr std::chrono::milliseconds look_every{50};
constexpr std::string_view removed = "removed";

std::string place_of(const LedgerEntry& entry, std::string_view name) {
  const auto found = entry.places.find(std::string{name});
  return found == entry.places.end() ? std::string{} : found->second;
}

Result<SecretBytes> read_line(const std::string& path) {
  TRY(content, store::read_file(path, small_file));
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
  return content;
}

// "a, b", or the content of the file behind an @.
Result<std::vector<std::string>> addresses_of(const LedgerEntry& entry) {
  auto listener = place_of(entry, "listener");
  if (listener.starts_with('@')) {
    TRY(content, read_line(listener.substr(1)));
    listener = std::string{as_text(content)};
  }
  return domain::split_list(listener);
}

Result<std::vector<server::Listen>> parse_all(const std::vector<std::string>& addresses) {
  std::vector<server::Listen> out;
  for (const auto& text : addresses) {
    TRY(listen, server::parse_listen(text));
    out.push_back(std::move(listen));
  }
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& each : list) out += (out.empty() ? "" : ", ") + each;
  return out;
}

Result<Findings> close_listeners(const ClosingSystem& system) {
  Findings found;
  for (const auto& entry : system.all()) {
    if (place_of(entry, "listener").empty()) continue;
    TRY(texts, addresses_of(entry));
    TRY(addresses, parse_all(texts));
    if (const auto pid_file = place_of(entry, "pid-file"); !pid_file.empty()) {
      TRY(said, end_process(pid_file, addresses));
      found[domain::finding_name(finding::process, entry.name)] = said;
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (try_reach(addresses[i], system.service.name) == Reach::answers) {
        return fail(Errc::conflict, entry.name + " still listens on " + texts[i] + ": end it, then go on");
      }
    }
    found[domain::finding_name(finding::address, entry.name)] = joined(texts);
  }
  return found;
}

Result<Findings> see_routes_gone(const ClosingSystem& system) {
  Findings found;
  const auto& listeners = system.steps.front();
  for (const auto& text : domain::service_addresses(system.service, listeners)) {
    TRY(address, server::parse_listen(text));
    const auto until = std::chrono::steady_clock::now() + gone_patience;
    while (try_reach(address, system.service.name) != Reach::gone) {
      if (std::chrono::steady_clock::now() > until) {
        return fail(Errc::conflict, "nothing answers 410 on " + text + ": run lindung decommission tombstone " +
                                        system.service.name + " --listen " + text + " on its machine, then go on");
      }
      std::this_thread::sleep_for(look_every);
    }
    found[domain::finding_name(finding::gone, text)] = "410";
  }
  return found;
}

// All keys of a ring, and the chains as far as they reach; how many there were.
Result<std::uint64_t> empty_ring(store::KeyRing& ring) {
  std::vector<store::KeyName> names;
  for (int number = 1; number <= static_cast<int>(store::last_key_class); ++number) {
    TRY(keys, ring.list(static_cast<store::KeyClass>(number)));
    for (const auto& key : keys) names.push_back(key.name);
  }
  TRYV(ring.destroy_all(names));
  for (std::size_t i = 0; i < store::ratchet_count; ++i) {
    const auto ratchet = static_cast<store::Ratchet>(i);
    TRY(oldest, ring.oldest(ratchet));
    TRYV(ring.destroy_before(ratchet, oldest + store::ratchet_limit(ratchet)));
  }
  return names.size();
}

Result<void> destroy_ring(const LedgerEntry& entry, const SecretBytes& passphrase, Findings& found) {
  const auto path = place_of(entry, "ring");
  std::string keys{"the file was overwritten and removed"};
  std::string left{removed};
  std::error_code error;
  if (!passphrase.empty() && fs::exists(path, error)) {
    TRY(ring, store::KeyRing::open(path));
    TRYV(ring->unseal(passphrase));
    TRY(count, empty_ring(*ring));
    keys = std::to_string(count) + " destroyed, 0 left";
    TRY(digest, service::digest_of_file(path));
    left = codec::hex(digest);
  } else {
    TRYV(store::destroy_file(path));
  }
  found[domain::finding_name(finding::ring, entry.name)] = path;
  found[domain::finding_name(finding::keys, entry.name)] = keys;
  found[domain::finding_name(finding::ring_digest, entry.name)] = left;
  return ok();
}

Result<Findings> destroy_keys(const ClosingSystem& system, const ClosingOptions& options) {
  Findings found;
  for (const auto& entry : system.all()) {
    if (!place_of(entry, "ring").empty()) {
      TRYV(destroy_ring(entry, options.passphrase, found));
    }
    if (const auto path = place_of(entry, "key-file"); !path.empty()) {
      TRYV(store::destroy_file(path));
      found[domain::finding_name(finding::key_file, entry.name)] = path;
    }
  }
  return found;
}

// The rings that are left, open; none where there is no passphrase or no file.
Result<std::vector<std::unique_ptr<store::KeyRing>>> rings_left(const ClosingSystem& system,
                                                                const SecretBytes& passphrase) {
  std::vector<std::unique_ptr<store::KeyRing>> rings;
  for (const auto& entry : system.all()) {
    const auto path = place_of(entry, "ring");
    std::error_code error;
    if (path.empty() || passphrase.empty() || !fs::exists(path, error)) continue;
    TRY(ring, store::KeyRing::open(path));
    TRYV(ring->unseal(passphrase));
    rings.push_back(std::move(ring));
  }
  return rings;
}

Result<void> try_one_backup(const LedgerEntry& entry, const store::KeyRing* ring, const std::vector<std::string>& marks,
                            Findings& found) {
  const auto path = place_of(entry, "backup");
  TRY(scratch, ScratchFolder::make());
  TRY(trial, service::try_backup(path, scratch.path() + "/restored", ring, marks));
  if (trial.readable_rows != 0 || trial.marks_found != 0) {
    return fail(Errc::conflict, entry.name + ": " + std::to_string(trial.readable_rows) + " rows can be read and " +
                                    std::to_string(trial.marks_found) + " marks are found in this backup");
  }
  const auto note = [&](std::string_view what, std::string value) {
    found[domain::finding_name(what, entry.name)] = std::move(value);
  };
  note(finding::backup, path);
  note(finding::backup_digest, codec::hex(trial.digest));
  note(finding::rows, std::to_string(trial.sealed_rows));
  note(finding::readable, std::to_string(trial.readable_rows));
  note(finding::open_rows, std::to_string(trial.open_rows));
  note(finding::marks, std::to_string(trial.marks_found) + " of " + std::to_string(trial.marks));
  note(finding::tried_with, ring == nullptr ? "no key: none is left" : "the ring that is left, open");
  return ok();
}

Result<Findings> try_backups(const ClosingSystem& system, const ClosingOptions& options) {
  Findings found;
  TRY(rings, rings_left(system, options.passphrase));
  for (const auto& entry : system.all()) {
    if (place_of(entry, "backup").empty()) continue;
    if (rings.empty()) {
      TRYV(try_one_backup(entry, nullptr, options.marks, found));
    }
    for (const auto& ring : rings) {
      TRYV(try_one_backup(entry, ring.get(), options.marks, found));
    }
  }
  return found;
}

Result<Findings> see_reach_refused(const ClosingSystem& system) {
  Findings found;
  const auto& listeners = system.steps.front();
  for (const auto& [part, list] : domain::findings_of(listeners, finding::address)) {
    for (const auto& text : domain::split_list(list)) {
      TRY(listen, server::parse_listen(text));
      auto hosts = own_addresses();
      hosts.push_back(listen.address);
      for (const auto& host : hosts) {
        const auto shown =
            (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(listen.port);
        const auto reach = try_reach({.address = host, .port = listen.port}, system.service.name);
        if (reach == Reach::answers) return fail(Errc::conflict, part + " can still be reached at " + shown);
        found[domain::finding_name(finding::reach, shown)] = reach == Reach::gone ? "410" : "refused";
      }
    }
  }
  return found;
}

Findings keep_domains(const ClosingSystem& system) {
  Findings found;
  const auto kept_until = rfc3339(SystemClock{}.now() + domain::domain_kept_for).substr(0, 10);
  for (const auto& entry : system.all()) {
    const auto name = place_of(entry, "domain");
    if (name.empty()) continue;
    found[domain::finding_name(finding::domain_name, entry.name)] = name;
    found[domain::finding_name(finding::kept_until, entry.name)] = kept_until;
    if (const auto until = place_of(entry, domain::registered_until); !until.empty()) {
      found[domain::finding_name(finding::registered, entry.name)] = until;
    }
  }
  return found;
}

Result<LedgerEntry> read_entry(const json::value& value) {
  const auto& object = value.as_object();
  const auto text = [&](const char* name) { return std::string{object.at(name).as_string()}; };
  TRY(kind, domain::parse_ledger_kind(text("kind")));
  LedgerEntry entry{.name = text("name"),
                    .kind = kind,
                    .system = text("system"),
                    .owner = text("owner"),
                    .purpose = text("purpose"),
                    .retention = text("retention"),
                    .successor = text("successor"),
                    .places = {}};
  if (const auto* places = object.if_contains("places")) {
    for (const auto& each : places->as_object()) {
      entry.places.emplace(each.key(), std::string{each.value().as_string()});
    }
  }
  return entry;
}

}  // namespace

std::vector<LedgerEntry> ClosingSystem::all() const {
  std::vector<LedgerEntry> out{service};
  out.insert(out.end(), parts.begin(), parts.end());
  return out;
}

Result<ClosingSystem> fetch_system(const Context& context, const std::string& name) {
  TRY(shown, call_server(context, "decommission/show", {{"name", name}}));
  ClosingSystem system;
  BOOST_OUTCOME_TRY(system.service, read_entry(shown.at("service")));
  for (const auto& part : shown.at("parts").as_array()) {
    TRY(entry, read_entry(part));
    system.parts.push_back(std::move(entry));
  }
  for (const auto& each : shown.at("steps").as_array()) {
    TRY(step, domain::parse_closing_step(each.at("step").as_string()));
    TRY(at, parse_rfc3339(each.at("at").as_string()));
    domain::StepRecord record{.step = step, .at = at, .findings = {}};
    for (const auto& one : each.at("findings").as_object()) {
      record.findings.emplace(one.key(), std::string{one.value().as_string()});
    }
    system.steps.push_back(std::move(record));
  }
  return system;
}

Result<ClosingOptions> read_closing_options(const ClosingSystem& system, const std::string& passphrase,
                                            const std::string& marks) {
  auto passphrase_file = passphrase;
  auto marks_file = marks;
  for (const auto& entry : system.all()) {
    if (passphrase_file.empty()) passphrase_file = place_of(entry, "passphrase-file");
    if (marks_file.empty()) marks_file = place_of(entry, "marks");
  }
  ClosingOptions options;
  if (!passphrase_file.empty()) {
    BOOST_OUTCOME_TRY(options.passphrase, read_line(passphrase_file));
  }
  if (!marks_file.empty()) {
    TRY(content, store::read_file(marks_file, marks_limit));
    auto text = as_text(content);
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      if (end != 0) options.marks.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return options;
}

Result<Findings> make_step(const ClosingSystem& system, ClosingStep step, const ClosingOptions& options) {
  switch (step) {
    case ClosingStep::listeners_closed: return close_listeners(system);
    case ClosingStep::routes_gone: return see_routes_gone(system);
    case ClosingStep::keys_destroyed: return destroy_keys(system, options);
    case ClosingStep::backup_unreadable: return try_backups(system, options);
    case ClosingStep::reach_refused: return see_reach_refused(system);
    case ClosingStep::domain_kept: return keep_domains(system);
  }
  return fail(Errc::invalid_argument, "there is no such step");
}

std::vector<std::string> plan_step(const ClosingSystem& system, ClosingStep step) {
  struct Line {
    ClosingStep step;
    std::string_view place;
    std::string_view what;
  };
  static constexpr std::array lines{
      Line{ClosingStep::listeners_closed, "pid-file", "ends the process of "},
      Line{ClosingStep::listeners_closed, "listener", "sees that nobody listens any more at "},
      Line{ClosingStep::routes_gone, "listener", "sees that 410 is answered at "},
      Line{ClosingStep::keys_destroyed, "ring", "destroys every key of "},
      Line{ClosingStep::keys_destroyed, "key-file", "overwrites and removes "},
      Line{ClosingStep::backup_unreadable, "backup", "restores into a scratch folder, and tries every row of "},
      Line{ClosingStep::reach_refused, "listener", "tries from loopback and every address of this machine "},
      Line{ClosingStep::domain_kept, "domain", "keeps for ten years, with a reminder, "}};
  std::vector<std::string> plan;
  for (const auto& entry : system.all()) {
    for (const auto& line : lines) {
      const auto place = place_of(entry, line.place);
      if (line.step != step || place.empty()) continue;
      if (step == ClosingStep::routes_gone && entry.kind != LedgerKind::service) continue;
      plan.push_back(entry.name + ": " + std::string{line.what} + place);
    }
  }
  if (plan.empty()) plan.emplace_back("nothing: the ledger has no such part of it");
  return plan;
}

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code error;
  auto path = (fs::temp_directory_path(error) / "lindung-scratch-XXXXXX").string();
  if (error || ::mkdtemp(path.data()) == nullptr) return fail(Errc::io, "no scratch folder can be made");
  return ScratchFolder{std::move(path)};
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_{std::exchange(other.path_, {})} {}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

}  // namespace lindung::cli
