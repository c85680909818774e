// `lindung border …`: the device at a border desk. It speaks with the travel server now and then, and needs it for
// nothing else.
#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "border/desk.h"
#include "border/device.h"
#include "border/sync.h"
#include "cli/border_print.h"
#include "cli/border_talk.h"
#include "cli/certificate_input.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/program.h"
#include "codec/base_n.h"
#include "domain/border_desk.h"
#include "domain/mrz.h"
#include "domain/travel_card.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t list_limit = std::size_t{64} << 20U;
constexpr std::size_t keys_limit = std::size_t{1} << 20U;

struct BorderArguments {
  std::string folder{"var/border"};
  std::string id;
  std::string port;
  std::string server_keys;
  std::string url;
  std::string ca_file;
  std::string file;
  std::string code;
  std::string picture;
  std::string mrz;
  std::uint64_t scan{};
  std::string verdict;
  std::uint64_t person{};
  bool is_override{};
  bool photo_matches{};
  std::string reason;
  std::vector<std::string> symptoms;
  std::int64_t clock_offset{};
  std::string day;
  bool is_online{};
};

// A clock of the demo and of tests may be ahead or behind.
using Use = std::function<Result<json::value>(border::Device&)>;
Result<json::value> with_device(const BorderArguments& arguments, const Use& use) {
  const SystemClock clock{seconds{arguments.clock_offset}};
  TRY(device, border::Device::open(arguments.folder, clock));
  return use(*device);
}

Result<json::value> init(const BorderArguments& arguments) {
  TRY(content, store::read_file(arguments.server_keys, keys_limit));
  TRY(server, server_key_in(as_text(BytesView{content})));
  TRYV(border::Device::init(arguments.folder,
                            {.id = arguments.id, .port = arguments.port, .url = arguments.url, .server = server}));
  return with_device(arguments, [&](border::Device& device) -> Result<json::value> {
    const auto keys = device.identity().public_keys();
    return json::object{{"device", device.identity().id},
                        {"port", device.identity().port},
                        {"public_key", codec::hex(BytesView{keys}.first(32))},
                        {"sealing_key", codec::hex(BytesView{keys}.last(32))},
                        {"server_key", codec::hex(server.bytes())}};
  });
}

Result<json::value> sync(const BorderArguments& arguments) {
  return with_device(arguments, [&](border::Device& device) -> Result<json::value> {
    Bytes list;
    if (arguments.file.empty()) {
      TRY(fetched, fetch_list(device, arguments.url, arguments.ca_file));
      list = std::move(fetched);
    } else {
      TRY(content, store::read_file(arguments.file, list_limit));
      list = to_bytes(content);
    }
    TRY(taken, border::take_list(device, list));
    return list_json(taken);
  });
}

Result<json::value> scan(const BorderArguments& arguments, Context& context) {
  const auto given = arguments.picture.empty() ? arguments.code : arguments.picture;
  if (given.empty()) return fail(Errc::invalid_argument, "a code, or --picture FILE, is needed");
  TRY(code, certificate_text(given));
  return with_device(arguments, [&](border::Device& device) -> Result<json::value> {
    std::optional<domain::TravelZone> zone;
    if (!arguments.mrz.empty()) {
      const auto read = domain::read_zone(arguments.mrz, device.now());
      if (!read) {
        return fail(Errc::invalid_argument, "the document's zone: " + std::string{name_of(read.error().reason)});
      }
      zone = read.value();
    }
    TRY(seen, border::scan(device, code, zone));
    auto out = scan_json(seen);
    const auto* may_pass = out.if_contains("may_pass");
    if (may_pass == nullptr || !may_pass->get_bool()) context.exit_status = negative;
    return json::value(std::move(out));
  });
}

Result<json::value> decide(const BorderArguments& arguments) {
  TRY(verdict, domain::parse_desk_verdict(arguments.verdict));
  border::DecisionWish wish{.scan = arguments.scan,
                            .place = std::nullopt,
                            .verdict = verdict,
                            .is_override = arguments.is_override,
                            .reason = arguments.reason,
                            .symptoms = {},
                            .photo_matches = arguments.photo_matches};
  for (const auto& each : arguments.symptoms) {
    TRY(symptom, domain::parse_symptom(each));
    wish.symptoms.push_back(symptom);
  }
  if (arguments.person != 0) wish.place = arguments.person - 1;
  return with_device(arguments, [&](border::Device& device) -> Result<json::value> {
    TRY(taken, border::decide(device, wish));
    return decisions_json(taken);
  });
}

Result<json::value> queue(const BorderArguments& arguments) {
  return with_device(arguments, [&](border::Device& device) -> Result<json::value> {
    TRY(figures, border::queue_figures(device));
    auto out = queue_json(figures);
    if (arguments.is_online) {
      const auto day = arguments.day.empty() ? rfc3339(device.now()).substr(0, 10) : arguments.day;
      TRY(of_port, fetch_port_figures(device, arguments.url, arguments.ca_file, day));
      out["server"] = std::move(of_port);
    }
    return out;
  });
}

void add_sync(CLI::App& group, Context& context, const std::shared_ptr<BorderArguments>& arguments) {
  auto* command =
      add_command(group, context, "sync", "take the server's list: keys, changed cards, other desks' crossings",
                  "lindung border sync --device var/desk-1");
  command->add_option("--url", arguments->url, "address of the travel server; else the one of init")->type_name("URL");
  command->add_option("--ca", arguments->ca_file, "certificate authority of the server, PEM")->type_name("FILE");
  command->add_option("--file", arguments->file, "a list that was made for this device, where there is no network")
      ->type_name("FILE");
  command->callback([arguments, &context] { finish(context, sync(*arguments)); });
}

void add_scan(CLI::App& group, Context& context, const std::shared_ptr<BorderArguments>& arguments) {
  auto* command = add_command(group, context, "scan", "verify the code of a travel card, offline",
                              "lindung border scan 'EHAC1:…' --mrz 'P<UTOERIKSSON<<ANNA<MARIA…'");
  auto* code = command->add_option("code", arguments->code, "the text of the code, a file, or - for standard input");
  command->add_option("--picture", arguments->picture, "a picture of the code (PNG, JPEG, PDF)")
      ->type_name("FILE")
      ->excludes(code);
  command->add_option("--mrz", arguments->mrz, "the machine-readable zone of the traveller's document");
  command->callback([arguments, &context] { finish(context, scan(*arguments, context), print_scan); });
}

void add_decide(CLI::App& group, Context& context, const std::shared_ptr<BorderArguments>& arguments) {
  auto* command = add_command(group, context, "decide", "what becomes of the people of a scan",
                              "lindung border decide 7 admit --photo");
  command->add_option("scan", arguments->scan, "number of the scan")->required();
  command->add_option("verdict", arguments->verdict, "admit, test, refuse or isolate")->required();
  command->add_option("--person", arguments->person, "one person of the card, from 1; else everybody who waits");
  command->add_flag("--photo", arguments->photo_matches, "the photograph is the traveller's: the officer's own eye");
  command->add_flag("--override", arguments->is_override, "against what was found; with a reason");
  command->add_option("--reason", arguments->reason, "why, in at most 200 letters")->type_name("TEXT");
  command
      ->add_option("--symptom", arguments->symptoms,
                   "of who is isolated, one or more: fever, cough, breathlessness, sore-throat, …")
      ->type_name("WORD");
  command->callback([arguments, &context] { finish(context, decide(*arguments)); });
}

}  // namespace

void add_border_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("border", "the device at a border desk: travel cards without a network");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<BorderArguments>();

  auto* make = add_command(*group, context, "init", "a new device's folder, with keys of its own",
                           "lindung border init var/desk-1 --server-keys keys.json --port CGK");
  make->add_option("folder", arguments->folder, "where it keeps keys and decisions")->required();
  make->add_option("--server-keys", arguments->server_keys, "the travel server's key document")
      ->type_name("FILE")
      ->required();
  make->add_option("--port", arguments->port, "where the desk stands, three letters")->required();
  make->add_option("--id", arguments->id, "its name; else one is made from its key");
  make->add_option("--url", arguments->url, "address of the travel server")->type_name("URL");
  make->callback([arguments, &context] { finish(context, init(*arguments)); });

  add_sync(*group, context, arguments);
  add_scan(*group, context, arguments);
  add_decide(*group, context, arguments);

  auto* figures = add_command(*group, context, "queue", "who waits, what was decided by hour, how long it took",
                              "lindung border queue --online --json");
  figures->add_flag("--online", arguments->is_online, "and what the server counted at this port, and whom it expects");
  figures->add_option("--day", arguments->day, "of the server's figures, 2026-11-22; else today (UTC)");
  figures->add_option("--url", arguments->url, "address of the travel server; else the one of init")->type_name("URL");
  figures->add_option("--ca", arguments->ca_file, "certificate authority of the server, PEM")->type_name("FILE");
  figures->callback([arguments, &context] { finish(context, queue(*arguments)); });

  auto* send = add_command(*group, context, "reconcile",
                           "send what was decided, once, and hear what does not go together with other desks",
                           "lindung border reconcile --device var/desk-1");
  send->add_option("--url", arguments->url, "address of the travel server; else the one of init")->type_name("URL");
  send->add_option("--ca", arguments->ca_file, "certificate authority of the server, PEM")->type_name("FILE");
  send->callback([arguments, &context] {
    finish(context, with_device(*arguments, [&](border::Device& device) -> Result<json::value> {
             return reconcile(device, arguments->url, arguments->ca_file);
           }));
  });

  for (auto* each : group->get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_name() != "init") {
      each->add_option("--device", arguments->folder, "folder of the device")->type_name("DIR")->capture_default_str();
    }
    each->add_option("--clock-offset", arguments->clock_offset, "seconds that this machine's clock is off")
        ->capture_default_str();
  }
  add_border_mrz_command(*group, context);
}

}  // namespace lindung::cli
