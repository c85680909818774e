// What contact tracing costs: fills days of visits as scans write them, builds their indexes, traces cases. A program
// of its own: `trace_bench --days 14 --visits 200000 --json FILE`; --visits are of one day.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/contact.h"
#include "service/asked.h"
#include "service/canary_watch.h"
#include "service/contact_facts.h"
#include "service/contact_trace.h"
#include "service/directory.h"
#include "service/in_flight.h"
#include "service/install.h"
#include "service/platform.h"
#include "service/venue_register.h"
#include "service/visit.h"
#include "service/visit_index.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/period_table.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"
#include "store/sealing.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header
using Watch = std::chrono::steady_clock;

constexpr std::uint32_t first_day = 20'700;  // in 2026
constexpr std::size_t visits_a_unit = 2'000;
constexpr std::size_t cases = 9;
// The most visited of 50,000 venues has half a percent of all visits: a large mall.
constexpr double zipf_exponent = 0.6;

struct Options {
  std::uint32_t days{14};
  std::uint64_t visits{200'000};
  std::size_t citizens{1'200'000};
  std::size_t venues{50'000};
  std::string folder;
  std::string json;
};

template <class T>
auto must(Result<T> result, const char* what) {
  if (result.has_error()) {
    std::fprintf(stderr, "%s: %s\n", what, result.error().text().c_str());
    std::exit(1);  // NOLINT: one thread
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

double seconds_since(Watch::time_point begin) { return std::chrono::duration<double>(Watch::now() - begin).count(); }

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

template <class Ref>
Ref ref_of(std::string_view kind, std::uint64_t number) {
  const auto hash = crypto::sha256(Message{}.text(kind).be(number).view());
  return Ref{take<16>(hash)};
}

class Town {
 public:
  explicit Town(const Options& options) : options_{options}, clock_{start_of(Day{first_day}) - std::chrono::hours{1}} {
    std::filesystem::create_directories(options.folder);
    const auto ring_path = options.folder + "/ring";
    must(store::KeyRing::create(ring_path, as_bytes("bench"), {.passes = 1, .memory_bytes = 8192}, clock_.now()),
         "ring");
    ring_ = must(store::KeyRing::open(ring_path), "ring");
    must(ring_->unseal(as_bytes("bench")), "unseal");
    database_ = must(
        store::open_sqlite({.path = options.folder + "/lindung.db", .deadline = std::chrono::milliseconds{120'000}}),
        "database");
    must(database_->migrate(), "migrate");
    must(service::install(*database_, *ring_, clock_), "install");
    dummy_ = must(service::load_dummy(*database_), "dummy");
    platform_ = std::make_unique<service::Platform>(service::Platform{.database = *database_,
                                                                      .ring = *ring_,
                                                                      .clock = clock_,
                                                                      .directory = directory_,
                                                                      .venues = venues_,
                                                                      .in_flight = in_flight_,
                                                                      .canaries = canaries_});
    double sum = 0;
    for (std::size_t i = 0; i < options.venues; ++i) {
      sum += std::pow(static_cast<double>(i + 1), -zipf_exponent);
      popularity_.push_back(sum);
      venue_refs_.push_back(ref_of<VenueId>("venue", i));
    }
  }

  void fill(Day day) {
    const auto key = must(ring_->period_key(store::Ratchet::visit_day, day.number), "day key");
    for (std::uint64_t done = 0; done < options_.visits; done += visits_a_unit) {
      std::vector<store::ExchangeRows::NewVisitEvent> rows;
      for (std::uint64_t i = done; i < std::min(options_.visits, done + visits_a_unit); ++i) add_visit(rows, day, key);
      must(database_->write([&](store::Transaction& transaction) {
        return store::ExchangeRows{transaction}.put_visit_events(rows);
      }),
           "visits");
    }
  }

  void close_all_days() { clock_.set(start_of(Day{first_day + options_.days}) + std::chrono::hours{25}); }
  void build() {
    while (!must(service::build_visit_index(*platform_, 1), "index")) {
    }
  }
  std::int64_t bytes_of(store::Sql sql) {
    std::int64_t bytes = 0;
    must(database_->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { bytes = row.integer(0); }));
      return ok();
    }),
         "size");
    return bytes;
  }

  service::Contacts find(std::uint64_t citizen) {
    auto policy = domain::built_in_contact_policy();
    policy.before = std::chrono::days{0};
    policy.after = std::chrono::days{options_.days};
    service::Contacts contacts;
    must(database_->read([&](store::Transaction& transaction) -> Result<void> {
      TRY(found,
          service::find_contacts(transaction, *platform_, dummy_, policy,
                                 {.citizen = ref_of<CitizenRef>("citizen", citizen), .at = start_of(Day{first_day})}));
      contacts = std::move(found);
      return ok();
    }),
         "trace");
    return contacts;
  }
  // Citizens without records, as most contacts are.
  void enrol(const service::Contacts& contacts) {
    must(database_->write([&](store::Transaction& transaction) -> Result<void> {
      for (const auto& [citizen, last] : contacts.last_moments) {
        TRY(wrapped, store::wrap_citizen_key(*ring_, citizen, crypto::random_secret<32>()));
        TRYV(transaction.run(store::Sql{"INSERT INTO citizen (citizen_ref, wrapped_key, created_at) VALUES ($1, $2, 0) "
                                        "ON CONFLICT (citizen_ref) DO NOTHING"},
                             {citizen.bytes(), BytesView{wrapped}}));
      }
      return ok();
    }),
         "citizens");
  }
  void write_facts(const service::Contacts& contacts) {
    must(service::write_contact_facts(*platform_, crypto::random_bytes<16>(), contacts, {}), "facts");
  }

 private:
  void add_visit(std::vector<store::ExchangeRows::NewVisitEvent>& rows, Day day, const Secret<32>& key) {
    const auto draw = std::uniform_real_distribution<double>{0, popularity_.back()}(random_);
    const auto at = static_cast<std::size_t>(std::ranges::lower_bound(popularity_, draw) - popularity_.begin());
    const auto venue = venue_refs_[std::min(at, venue_refs_.size() - 1)];
    const auto number = std::uniform_int_distribution<std::size_t>{0, options_.citizens - 1}(random_);
    const auto citizen = ref_of<CitizenRef>("citizen", number);
    const auto from = start_of(day) + seconds{std::uniform_int_distribution<int>{6 * 3600, 21 * 3600}(random_)};
    const auto until = from + seconds{std::uniform_int_distribution<int>{600, 3 * 3600}(random_)};
    const auto tag = service::visit_tag(key, citizen);
    const auto add = [&](service::VisitPart part, std::optional<Moment> end) {
      const auto index = next_index_++;
      rows.push_back({.day = day,
                      .log_index = index,
                      .part = static_cast<std::uint8_t>(part),
                      .tag = tag,
                      .sealed = service::seal_visit_event(
                          key, day, index, part, {.citizen = citizen, .venue = venue, .in_at = from, .out_at = end})});
    };
    add(service::VisitPart::check_in, std::nullopt);
    add(service::VisitPart::check_out, until);
  }

  const Options& options_;
  ManualClock clock_;
  std::unique_ptr<store::KeyRing> ring_;
  service::CurrentDirectory directory_;
  service::VenueRegister venues_;
  service::InFlight in_flight_;
  service::CanaryWatch canaries_;
  std::unique_ptr<store::Database> database_;
  service::Dummy dummy_;
  std::unique_ptr<service::Platform> platform_;
  std::vector<double> popularity_;
  std::vector<VenueId> venue_refs_;
  std::mt19937_64 random_{7};
  std::uint64_t next_index_{1};
};

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};  // NOLINT: main's arguments
    const std::string value{argv[i + 1]};  // NOLINT
    if (name == "--days") {
      options.days = static_cast<std::uint32_t>(std::stoul(value));
    } else if (name == "--visits") {
      options.visits = std::stoull(value);
    } else if (name == "--citizens") {
      options.citizens = std::stoull(value);
    } else if (name == "--venues") {
      options.venues = std::stoull(value);
    } else if (name == "--folder") {
      options.folder = value;
    } else if (name == "--json") {
      options.json = value;
    } else {
      std::fprintf(stderr,
                   "usage: trace_bench [--days N] [--visits N] [--citizens N] [--venues N] [--folder DIR] "
                   "[--json FILE]\n");
      std::exit(2);  // NOLINT: one thread
    }
  }
  if (options.folder.empty()) {
    options.folder = (std::filesystem::temp_directory_path() / ("trace_bench." + std::to_string(::getpid()))).string();
  }
  return options;
}

boost::json::object measure(const Options& options) {
  Town town{options};
  const auto filling = Watch::now();
  for (std::uint32_t i = 0; i < options.days; ++i) {
    town.fill(Day{first_day + i});
    std::fprintf(stderr, "day %u of %u filled\n", i + 1, options.days);
  }
  const auto fill_s = seconds_since(filling);
  const auto filled_mib = peak_mib();

  town.close_all_days();
  const auto building = Watch::now();
  town.build();
  const auto build_s = seconds_since(building);
  const auto visits = static_cast<double>(options.visits);
  const auto index_bytes = static_cast<double>(town.bytes_of(
      store::period_sql("SELECT CAST(SUM(LENGTH(sealed) + LENGTH(first)) AS BIGINT) FROM visit_index_{p}", first_day)));
  const auto row_bytes = static_cast<double>(town.bytes_of(
      store::period_sql("SELECT CAST(SUM(LENGTH(sealed) + LENGTH(tag)) AS BIGINT) FROM visit_{p}", first_day)));

  std::vector<double> find_ms;
  std::vector<double> facts_ms;
  std::vector<double> persons;
  std::vector<double> looked_at;
  for (std::uint64_t i = 0; i < cases; ++i) {
    const auto begin = Watch::now();
    const auto contacts = town.find(i * 101);
    find_ms.push_back(seconds_since(begin) * 1000);
    town.enrol(contacts);
    const auto writing = Watch::now();
    town.write_facts(contacts);
    facts_ms.push_back(seconds_since(writing) * 1000);
    persons.push_back(static_cast<double>(contacts.figures.persons));
    looked_at.push_back(static_cast<double>(contacts.figures.visits));
  }
  std::filesystem::remove_all(options.folder);
  return {{"days", options.days},
          {"visits_a_day", options.visits},
          {"fill_s_a_day", fill_s / options.days},
          {"build_s_a_day", build_s / options.days},
          {"build_us_a_visit", build_s * 1e6 / (visits * options.days)},
          {"row_bytes_a_visit", row_bytes / visits},
          {"index_bytes_a_visit", index_bytes / visits},
          {"peak_mib_filling", filled_mib},
          {"peak_mib", peak_mib()},
          {"find_ms_median", median(find_ms)},
          {"find_ms_max", *std::ranges::max_element(find_ms)},
          {"facts_ms_median", median(facts_ms)},
          {"facts_ms_max", *std::ranges::max_element(facts_ms)},
          {"visits_looked_at_median", median(looked_at)},
          {"persons_median", median(persons)},
          {"persons_max", *std::ranges::max_element(persons)}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = read_options(argc, argv);
  const auto figures = measure(options);
  for (const auto& [name, value] : figures) {
    std::printf("%-26s %s\n", std::string{name}.c_str(), boost::json::serialize(value).c_str());
  }
  if (!options.json.empty()) std::ofstream{options.json} << boost::json::serialize(figures) << "\n";
  return 0;
}
