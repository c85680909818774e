#include "server/stand_in.h"

#include <unistd.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "domain/ledger.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "log/entry.h"
#include "server/data_folder.h"
#include "server/listen.h"
#include "server/signals.h"
#include "service/backup.h"
#include "service/gate.h"
#include "service/ledger.h"
#include "service/log_publisher.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/durable_file.h"
#include "store/ring.h"
#include "store/schema.h"
#include "store/sealing.h"
#include "store/sqlite_database.h"

namespace lindung::server {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

using std::chrono::milliseconds;

constexpr std::string_view passphrase = "old e-HAC: written beside its ring";
constexpr crypto::Argon2idCost cost{.passes = 1, .memory_bytes = 8ULL * 1024 * 1024};
constexpr milliseconds deadline{5'000};
constexpr std::size_t mark_bytes = 8;

// The log of the first migration with what its head needs since, and cards. Its version stands for no version of the
// product's own schema.
constexpr std::array cards_version{
    std::string_view{"ALTER TABLE log_head ADD COLUMN generation INT NOT NULL DEFAULT 1"},
    std::string_view{"CREATE TABLE card (card_id BYTES NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (card_id)) "
                     "CLUSTERED"},
};
std::span<const store::Migration> stand_in_migrations() {
  static const std::array all{store::migrations().front(),
                              store::Migration{.version = 2, .name = "ehac", .statements = cards_version}};
  return all;
}

class StandIn {
 public:
  // Errors: denied without its keys; those of ring and database.
  static Result<std::unique_ptr<StandIn>> open(const StandInOptions& options) {
    std::unique_ptr<StandIn> made{new StandIn{options}};
    TRYV(made->open_ring());
    TRY(database, store::open_sqlite({.path = made->folder_.database()}, stand_in_migrations()));
    made->database_ = std::move(database);
    TRYV(made->database_->migrate());
    TRYV(made->make_cards());
    TRYV(made->make_backup());
    return made;
  }

  Result<void> listen() {
    auto routes = [this] {
      std::vector<http::Route> all;
      all.push_back({.method = "GET",
                     .path = "/cards",
                     .access = http::Access::anyone,
                     .body_limit = 0,
                     .deadline = deadline,
                     .runs_on = http::RunsOn::worker,
                     .handler = [this](const http::Request&, http::Responder responder) { answer(responder); }});
      return all;
    };
    http::ServerOptions service{
        .address = options_.listen.address, .port = options_.listen.port, .io_threads = 1, .worker_threads = 1};
    BOOST_OUTCOME_TRY(service_,
                      http::Server::start(service, std::make_shared<const http::Router>(routes(), api::problem)));
    service.port = 0;
    BOOST_OUTCOME_TRY(store_,
                      http::Server::start(service, std::make_shared<const http::Router>(routes(), api::problem)));
    TRYV(write("listener", address_of(*service_)));
    TRYV(write("store-listener", address_of(*store_)));
    return write("pid", std::to_string(::getpid()));
  }

  void stop() {
    constexpr milliseconds patience{1'000};
    service_->stop(patience);
    store_->stop(patience);
    std::error_code error;
    fs::remove(path_of("pid"), error);
  }

  [[nodiscard]] std::string addresses() const {
    return "http://" + address_of(*service_) + " and http://" + address_of(*store_);
  }

 private:
  explicit StandIn(const StandInOptions& options) : options_{options}, folder_{options.folder} {}

  [[nodiscard]] std::string path_of(const std::string& name) const { return folder_.path() + "/" + name; }
  [[nodiscard]] std::string address_of(const http::Server& server) const {
    return options_.listen.address + ":" + std::to_string(server.port());
  }
  [[nodiscard]] Result<void> write(const std::string& name, std::string_view text) const {
    return store::replace_file(path_of(name), as_bytes(std::string{text} + "\n"));
  }

  Result<void> open_ring() {
    TRYV(folder_.create());
    auto created = store::KeyRing::create(folder_.ring(), as_bytes(passphrase), cost, clock_.now());
    if (created.has_error() && created.error().code != Errc::conflict) return created.error();
    BOOST_OUTCOME_TRY(ring_, store::KeyRing::open(folder_.ring()));
    TRYV(ring_->unseal(as_bytes(passphrase)));
    TRY(rows, ring_->list(store::KeyClass::row));
    if (rows.empty()) return fail(Errc::denied, "the keys of this system were destroyed");
    if (created.has_error()) return ok();
    TRYV(ring_->add({.name = {.cls = store::KeyClass::log, .scope = {}, .epoch = 1},
                     .number = 0,
                     .not_before = {},
                     .not_after = {}}));
    TRYV(write("passphrase", passphrase));
    const auto key = crypto::random_secret<32>();
    return write("tls.key", codec::hex(key.view()));
  }

  // Names that exist nowhere else, so that whoever finds one has found this system.
  Result<void> make_cards() {
    std::uint64_t there = 0;
    TRYV(database_->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(rows, transaction.run(store::Sql{"SELECT card_id FROM card"}, {}));
      there = rows;
      return ok();
    }));
    if (there != 0) return ok();
    std::string marks;
    std::vector<std::pair<ByteArray<16>, Bytes>> rows;
    for (std::uint64_t i = 0; i < options_.cards; ++i) {
      const auto id = crypto::random_bytes<16>();
      const auto mark = "Penumpang " + codec::hex(crypto::random_bytes<mark_bytes>());
      marks += mark + "\n";
      const auto card = codec::to_text(json::object{{"name", mark}, {"flight", "GA " + std::to_string(100 + i % 800)}});
      TRY(sealed, store::RowSealer{*ring_}.seal({.table = "card", .primary_key = id, .version = 1}, as_bytes(card)));
      rows.emplace_back(id, std::move(sealed));
    }
    TRYV(store::replace_file(path_of("marks"), as_bytes(marks)));
    return service::write_logged(*database_, clock_, [&](service::LoggedUnit& unit) -> Result<void> {
      for (const auto& [id, sealed] : rows) {
        TRYV(unit.transaction().run(store::Sql{"INSERT INTO card (card_id, sealed) VALUES ($1, $2)"},
                                    {BytesView{id}, BytesView{sealed}}));
      }
      TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                  .owner = "ehac",
                                  .use = "row",
                                  .key_id = "1",
                                  .public_key_digest = crypto::sha256(as_bytes("no public half")),
                                  .added = true}));
      return ok();
    });
  }

  Result<void> make_backup() {
    std::error_code error;
    if (fs::exists(path_of("backup/lindung.db"), error)) return ok();
    fs::remove_all(path_of("backup"), error);
    TRY(seed, ring_->key({.cls = store::KeyClass::log, .scope = "", .epoch = 1}));
    service::Gate gate;
    TRY(publisher,
        service::LogPublisher::start(
            *database_, crypto::Ed25519PrivateKey::from_seed(seed), clock_, gate,
            {.log_folder = folder_.log(), .anchor_file = folder_.log_anchor(), .origin = "ehac.example/log"}));
    TRYV(publisher->publish());
    TRYV(service::back_up(*database_, *publisher, path_of("backup")));
    return ok();
  }

  // Everything, to everybody: so it was.
  Result<json::array> all_cards() {
    std::vector<std::pair<Bytes, Bytes>> rows;
    TRYV(database_->read([&](store::Transaction& transaction) -> Result<void> {
      rows.clear();
      TRYV(transaction.run(
          store::Sql{"SELECT card_id, sealed FROM card ORDER BY card_id"}, {},
          [&](const store::Row& row) { rows.emplace_back(to_bytes(row.bytes(0)), to_bytes(row.bytes(1))); }));
      return ok();
    }));
    json::array cards;
    for (const auto& [id, sealed] : rows) {
      TRY(plain, store::RowSealer{*ring_}.open({.table = "card", .primary_key = id, .version = 1}, sealed));
      TRY(card, codec::parse_json(as_text(plain)));
      cards.push_back(std::move(card));
    }
    return cards;
  }

  void answer(http::Responder& responder) {
    auto cards = all_cards();
    if (cards.has_error()) {
      responder(api::problem(cards.error()));
      return;
    }
    http::Response response;
    response.content_type = "application/json";
    response.body = codec::to_text(json::object{{"cards", std::move(cards).value()}});
    responder(std::move(response));
  }

  StandInOptions options_;
  DataFolder folder_;
  SystemClock clock_;
  std::unique_ptr<store::KeyRing> ring_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<http::Server> service_;
  std::unique_ptr<http::Server> store_;
};

}  // namespace

Result<void> run_stand_in(const StandInOptions& options) {
  const StopSignals signals;
  TRYV(DataFolder{options.folder}.create());
  TRY(lock, DataFolderLock::take(DataFolder{options.folder}));
  TRY(stand_in, StandIn::open(options));
  TRYV(stand_in->listen());
  std::printf("listening on %s\n", stand_in->addresses().c_str());
  std::fflush(stdout);
  signals.wait();
  stand_in->stop();
  return ok();
}

std::string stand_in_folder_of(const std::string& data_folder) {
  std::error_code error;
  auto path = fs::absolute(data_folder, error).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path + "-ehac";
}

Result<void> seed_legacy(const service::Platform& platform, const std::string& folder) {
  using domain::LedgerEntry;
  using domain::LedgerKind;
  const std::string name{legacy_name};
  const auto part = [&](const std::string& suffix, LedgerKind kind, const std::string& purpose,
                        std::map<std::string, std::string> places) {
    return LedgerEntry{.name = suffix.empty() ? name : name + "-" + suffix,
                       .kind = kind,
                       .system = suffix.empty() ? "" : name,
                       .owner = "Port health, Ministry of Health",
                       .purpose = purpose,
                       .retention = "until the system is closed",
                       .successor = suffix.empty() ? "the travel health card of this platform" : "",
                       .places = std::move(places)};
  };
  const std::array entries{
      part("", LedgerKind::service, "travel cards until July 2021: asks nobody who they are",
           {{"listener", "@" + folder + "/listener"}, {"pid-file", folder + "/pid"}}),
      part("store", LedgerKind::store, "cards of travellers, on a port of its own",
           {{"listener", "@" + folder + "/store-listener"}, {"pid-file", folder + "/pid"}, {"data", folder}}),
      part("ring", LedgerKind::key, "seals the cards",
           {{"ring", folder + "/ring"}, {"passphrase-file", folder + "/passphrase"}, {"marks", folder + "/marks"}}),
      part("tls", LedgerKind::certificate, "the key of its old certificate", {{"key-file", folder + "/tls.key"}}),
      part("backup", LedgerKind::backup, "the last one that was made", {{"backup", folder + "/backup"}}),
      part("domain", LedgerKind::domain, "travellers still type it", {{"domain", "ehac.example.go.id"}})};
  for (const auto& entry : entries) {
    auto added = service::add_ledger_entry(platform, entry);
    // A demo whose folder was moved keeps what it wrote first; one whose closing has begun takes no further parts.
    if (added.has_error() && added.error().code != Errc::conflict) return added;
  }
  return ok();
}

}  // namespace lindung::server
