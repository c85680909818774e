#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/program.h"
#include "server/demo.h"
#include "server/log_lines.h"
#include "server/node.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

// "127.0.0.1:8080", "[::1]:0".
Result<server::Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string_view::npos) {
    const auto digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (error == std::errc{} && end == digits.data() + digits.size() && !host.empty()) {
      return server::Listen{.address = std::string{host}, .port = port};
    }
  }
  return fail(Errc::invalid_argument, "--listen ADDRESS:PORT is needed, for example 127.0.0.1:8080");
}

struct DemoArguments {
  server::DemoOptions options;
  std::string listen{"127.0.0.1:8080"};
  std::string at;
  std::string log_level{"info"};
};

Result<void> start_demo(DemoArguments& arguments, const std::string& data_folder) {
  TRY(listen, parse_listen(arguments.listen));
  arguments.options.listen = listen;
  arguments.options.data_folder = data_folder;
  if (!arguments.at.empty()) {
    TRY(at, parse_rfc3339(arguments.at));
    arguments.options.at = at;
  }
  server::start_log_lines(arguments.log_level);
  return server::run_demo(arguments.options);
}

}  // namespace

void add_server_commands(CLI::App& program, Context& context) {
  auto demo_arguments = std::make_shared<DemoArguments>();
  auto* demo = add_command(program, context, "demo", "make an installation with made-up people, and serve it",
                           "lindung demo --data var/demo --listen 127.0.0.1:8080 --citizens 10000");
  demo->add_option("--listen", demo_arguments->listen, "address and port; port 0: any free one")->capture_default_str();
  demo->add_option("--citizens", demo_arguments->options.citizens, "how many people to make up")->capture_default_str();
  demo->add_option("--seed", demo_arguments->options.seed, "which people")->capture_default_str();
  demo->add_option("--bundle", demo_arguments->options.bundles, "FHIR files instead of made-up people")
      ->check(CLI::ExistingFile);
  demo->add_option("--at", demo_arguments->at, "set the clock (RFC 3339)");
  demo->add_option("--postgres", demo_arguments->options.postgres, "PostgreSQL connection string, instead of SQLite");
  demo->add_option("--log-level", demo_arguments->log_level, "debug, info, warning, error")->capture_default_str();
  demo->callback([&context, demo_arguments] {
    const auto ended = start_demo(*demo_arguments, context.data_folder);
    if (ended.has_error()) {
      finish(context, ended.error());
      if (ended.error().code == Errc::invalid_argument) context.exit_status = usage;
    }
  });

  auto* status = add_command(program, context, "status", "what the server is doing", "lindung status --json");
  status->callback([&context] { finish(context, call_server(context, "status", {})); });
  auto* seal = add_command(program, context, "seal", "close the key ring: the server answers `sealed` from now on",
                           "lindung seal --data /var/lib/lindung");
  seal->callback([&context] { finish(context, call_server_raw(context, "seal", "")); });
}

}  // namespace lindung::cli
