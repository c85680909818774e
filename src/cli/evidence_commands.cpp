#include <unistd.h>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/needed_witnesses.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "log/evidence_verifier.h"
#include "log/verifier.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t nik_limit = 64;

struct Arguments {
  std::string partner, officer, issuer, person;
  std::string from, until, purpose, law, open;
  std::string basis, told_on, because;
  std::string file, key;
  NeededWitnesses witnesses;
};

Result<json::value> make(const Context& context, const Arguments& arguments) {
  json::object given{{"from", arguments.from},
                     {"until", arguments.until},
                     {"purpose", arguments.purpose},
                     {"law", arguments.law},
                     {"file", fs::absolute(arguments.file).string()}};
  const auto about = [&](std::string_view kind, std::string_view id) {
    given["subject_kind"] = kind;
    given["subject"] = id;
  };
  if (!arguments.partner.empty()) about("partner", arguments.partner);
  if (!arguments.officer.empty()) about("officer", arguments.officer);
  if (!arguments.issuer.empty()) about("issuer", arguments.issuer);
  const auto put = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) given[name] = value;
  };
  put("basis", arguments.basis);
  put("told_on", arguments.told_on);
  put("because", arguments.because);
  if (!arguments.person.empty()) {
    TRY(content, store::read_file(arguments.person, nik_limit));
    auto nik = as_text(content);
    nik = nik.substr(0, nik.find_last_not_of(" \r\n") + 1);
    about("person", "the person of the order");
    given["nik"] = nik;
    return call_server(context, "evidence/open", given);
  }
  if (arguments.open.empty()) return call_server(context, "evidence/make", given);
  given["open"] = arguments.open;
  return call_server(context, "evidence/open", given);
}

// The size of the file that the server writes, each second, to whoever sits before a terminal.
class Progress {
 public:
  explicit Progress(std::string path) {
    if (::isatty(STDERR_FILENO) == 0) return;
    thread_ = std::thread{[this, path = std::move(path)] {
      std::unique_lock lock{mutex_};
      while (!done_.wait_for(lock, std::chrono::seconds{1}, [this] { return is_done_; })) {
        std::error_code error;
        const auto size = fs::file_size(path, error);
        if (!error) std::fprintf(stderr, "%llu MiB written\n", static_cast<unsigned long long>(size >> 20U));
      }
    }};
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    {
      const std::scoped_lock lock{mutex_};
      is_done_ = true;
    }
    done_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool is_done_{};
  std::thread thread_;
};

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

json::value number_or_null(const std::optional<std::uint64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::object describe(const log::PackReport& report, bool has_key) {
  json::object entries;
  for (std::size_t i = 0; i < report.entries.size(); ++i) {
    if (report.entries.at(i) != 0) entries[log::entry_type(i)] = report.entries.at(i);
  }
  json::array openings;
  for (const auto& each : report.openings) {
    openings.emplace_back(json::object{{"log_index", each.index},
                                       {"answered_at", rfc3339(each.answered_at)},
                                       {"outcome", domain::name_of(static_cast<domain::Outcome>(each.outcome))},
                                       {"colour", domain::name_of(static_cast<domain::Colour>(each.colour))},
                                       {"signed_by", each.key_id}});
  }
  json::object out{{"verified", true},
                   {"subject_kind", report.subject_kind},
                   {"subject", report.subject},
                   {"from", rfc3339(report.from)},
                   {"until", rfc3339(report.until)},
                   {"purpose", report.purpose},
                   {"law", report.law},
                   {"made_at", rfc3339(report.made_at)},
                   {"digest", codec::hex(report.digest)},
                   {"origin", report.origin},
                   {"size", report.size},
                   {"root", codec::hex(report.root)},
                   {"key", codec::hex(report.key.bytes())},
                   {"key_from", has_key ? "the command line"
                                        : "the pack itself: it vouches only for being unchanged since it was made"},
                   {"witnesses", seen_by_json(report.seen_by)},
                   {"from_size", report.from_size},
                   {"from_root", codec::hex(report.from_root)},
                   {"until_size", report.until_size},
                   {"until_root", codec::hex(report.until_root)},
                   {"entries", std::move(entries)},
                   {"pacts", report.pacts},
                   {"pact_signatures", report.pact_signatures},
                   {"keys", report.keys}};
  if (report.subject_kind == "partner") {
    out["cut_index"] = number_or_null(report.cut_index);
    out["last_answer_index"] = number_or_null(report.last_answer_index);
  }
  out["openings"] = std::move(openings);
  return out;
}

Result<json::value> verify(const Arguments& arguments) {
  log::PackOptions options;
  if (!arguments.key.empty()) {
    TRY(bytes, codec::from_hex(arguments.key));
    TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
    options.key = key;
  }
  TRY(witnesses, arguments.witnesses.keys());
  options.witnesses = std::move(witnesses);
  options.need = arguments.witnesses.needed();
  const std::unique_ptr<std::FILE, CloseFile> file{std::fopen(arguments.file.c_str(), "rbe")};
  if (!file) return fail(Errc::io, "opening " + arguments.file);
  const log::PackSource source = [&](MutableBytes into) -> Result<std::size_t> {
    const auto got = std::fread(into.data(), 1, into.size(), file.get());
    if (got != into.size() && std::ferror(file.get()) != 0) return fail(Errc::io, "reading " + arguments.file);
    return got;
  };
  TRY(report, log::verify_evidence(source, options));
  return describe(report, options.key.has_value());
}

}  // namespace

void add_evidence_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("evidence", "what the log holds of one subject, provable by anybody");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();

  auto* make_command =
      add_command(*group, context, "make", "write a pack about one subject and a time into a new file",
                  "lindung evidence make --partner gojek --from 2026-11-01T00:00:00Z --to "
                  "2026-12-01T00:00:00Z --purpose \"leak of 21 November\" --law \"UU 27/2022 art. 46\" "
                  "--output gojek.evidence");
  auto* subject = make_command->add_option_group("subject");
  subject->add_option("--partner", arguments->partner, "a partner's id");
  subject->add_option("--of-officer", arguments->officer, "an officer's id: what was done by this key");
  subject->add_option("--issuer", arguments->issuer, "an issuer's id");
  subject->add_option("--person", arguments->person, "a file with a NIK: what this person was answered; two officers")
      ->check(CLI::ExistingFile);
  subject->require_option(1);
  make_command->add_option("--from", arguments->from, "RFC 3339")->required();
  make_command->add_option("--to", arguments->until, "RFC 3339, not included")->required();
  make_command->add_option("--purpose", arguments->purpose, "for what it is made; stands in the pack")->required();
  make_command->add_option("--law", arguments->law, "by which law; stands in the pack")->required();
  make_command->add_option("--open", arguments->open, "log indexes of answers to open, with commas; two officers");
  make_command->add_option("--basis", arguments->basis, "needed with --person and --open: an id of the request bases");
  make_command->add_option("--told-on", arguments->told_on, "when those persons are told; at once without it");
  make_command->add_option("--because", arguments->because, "why not at once; needed with --told-on");
  make_command->add_option("--output", arguments->file, "a new file, which the server writes")->required();
  make_command->callback([&context, arguments] {
    const auto made = [&] {
      const Progress progress{fs::absolute(arguments->file).string() + ".part"};
      return make(context, *arguments);
    }();
    finish(context, made);
  });

  auto* check =
      add_command(*group, context, "verify", "check a pack, offline and alone",
                  "lindung evidence verify gojek.evidence --key HEX --witness \"$(cat witness-key)\" --need 1");
  check->add_option("file", arguments->file, "an evidence pack")->required()->check(CLI::ExistingFile);
  check->add_option("--key", arguments->key, "the log's Ed25519 public key, hex");
  arguments->witnesses.add_options(*check);
  check->callback([&context, arguments] { finish(context, verify(*arguments)); });
}

}  // namespace lindung::cli
