#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "image/qr_image.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

Result<void> draw(const std::string& text, const std::string& svg_path, const std::string& png_path) {
  if (!svg_path.empty()) {
    TRY(svg, image::qr_svg(text));
    TRYV(store::create_file(svg_path, as_bytes(svg)));
  }
  if (!png_path.empty()) {
    TRY(png, image::qr_png(text));
    TRYV(store::create_file(png_path, png));
  }
  return ok();
}

struct KeyArguments {
  std::string venue;
  std::string key_id;
  std::string public_key;
};

Result<boost::json::value> add_key(const Context& context, const KeyArguments& arguments) {
  TRY(key, read_ed25519_public_key(arguments.public_key));
  return call_server(context, "venue/key-add",
                     {{"venue", arguments.venue}, {"key_id", arguments.key_id}, {"public_key", key}});
}

// Keys under which a door has health certificates verified.
void add_key_commands(CLI::App& group, Context& context) {
  auto* keys = group.add_subcommand("key", "keys under which a door has certificates verified (POST /v1/verify)");
  keys->require_subcommand(1);
  const auto arguments = std::make_shared<KeyArguments>();
  const auto with_venue = [&](CLI::App* command) {
    command->add_option("venue", arguments->venue, "id of the venue, hex")->required();
    return command;
  };
  auto* add = with_venue(add_command(*keys, context, "add", "let a door have certificates verified",
                                     "lindung venue key add bf92e4839773bc2fcf826e5089d6e5d9 --key-id door.1 "
                                     "--public-key HEX"));
  add->add_option("--key-id", arguments->key_id, "[a-z0-9.-]{1,64}, of all venues one")->required();
  add->add_option("--public-key", arguments->public_key, "Ed25519 public key: 32 bytes in hex, or a PEM file")
      ->required();
  add->callback([&context, arguments] { finish(context, add_key(context, *arguments)); });

  auto* list = with_venue(add_command(*keys, context, "list", "the keys of a venue, and how often each was used a day",
                                      "lindung venue key list bf92e4839773bc2fcf826e5089d6e5d9"));
  list->callback([&context, arguments] {
    finish(context, call_server(context, "venue/key-list", {{"venue", arguments->venue}}));
  });

  auto* revoke = with_venue(add_command(*keys, context, "revoke", "take a key away, at once",
                                        "lindung venue key revoke bf92e4839773bc2fcf826e5089d6e5d9 --key-id door.1"));
  revoke->add_option("--key-id", arguments->key_id, "of which key")->required();
  revoke->callback([&context, arguments] {
    finish(context,
           call_server(context, "venue/key-revoke", {{"venue", arguments->venue}, {"key_id", arguments->key_id}}));
  });
}

struct OwnerArguments {
  std::string venue;
  std::string label;
  std::string application;
};

// Who runs a venue in the portal.
void add_owner_commands(CLI::App& group, Context& context) {
  const auto arguments = std::make_shared<OwnerArguments>();
  auto* owner =
      add_command(group, context, "owner", "a one-time code with which an owner takes the venue over, for a week",
                  "lindung venue owner bf92e4839773bc2fcf826e5089d6e5d9");
  owner->add_option("venue", arguments->venue, "id of the venue, hex")->required();
  owner->add_option("--label", arguments->label, "what the venue calls this owner");
  owner->callback([&context, arguments] {
    finish(context, call_server(context, "venue/owner", {{"venue", arguments->venue}, {"label", arguments->label}}));
  });

  auto* applications = add_command(group, context, "applications", "venues that owners registered and that wait",
                                   "lindung venue applications");
  applications->callback([&context] { finish(context, call_server(context, "venue/applications", {})); });
  for (const auto& [name, what] :
       {std::pair{"accept", "let a registered venue be one"}, std::pair{"decline", "refuse a registered venue"}}) {
    auto* decide = add_command(group, context, name, what,
                               std::string{"lindung venue "} + name + " 9f86d081884c7d659a2feaa0c55ad015");
    decide->add_option("application", arguments->application, "id of the application, hex")->required();
    decide->callback([&context, arguments, command = std::string{"venue/"} + name] {
      finish(context, call_server(context, command, {{"application", arguments->application}}));
    });
  }
}

}  // namespace

void add_venue_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string venue;
    std::string name;
    std::string category;
    std::uint64_t capacity{};
    std::string kind{"poster"};
    std::string svg;
    std::string png;
  };
  auto* group = program.add_subcommand("venue", "places with a door");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();

  auto* add = add_command(*group, context, "add", "register a venue",
                          "lindung venue add --name \"Warung Sedap\" --category restaurant --capacity 40");
  add->add_option("--name", arguments->name, "its name")->required();
  add->add_option(
         "--category", arguments->category,
         "restaurant, office, place_of_worship, transport_hub, hospital, mall, school, airport, cinema, sports")
      ->required();
  add->add_option("--capacity", arguments->capacity, "how many fit in; 0: no limit")->capture_default_str();
  add->callback([&context, arguments] {
    finish(
        context,
        call_server(context, "venue/add",
                    {{"name", arguments->name}, {"category", arguments->category}, {"capacity", arguments->capacity}}));
  });

  auto* code = add_command(*group, context, "code", "the code for its door",
                           "lindung venue code bf92e4839773bc2fcf826e5089d6e5d9 --kind poster");
  code->add_option("venue", arguments->venue, "id of the venue, hex")->required();
  code->add_option("--kind", arguments->kind, "poster or screen")->capture_default_str();
  code->add_option("--svg", arguments->svg, "write the picture into a new SVG file");
  code->add_option("--png", arguments->png, "write the picture into a new PNG file");
  code->callback([&context, arguments] {
    auto made = call_server(context, "venue/code", {{"venue", arguments->venue}, {"kind", arguments->kind}});
    if (made.has_value()) {
      const std::string text{made.value().at("text").as_string()};
      if (const auto drawn = draw(text, arguments->svg, arguments->png); drawn.has_error()) made = drawn.error();
    }
    finish(context, made);
  });

  auto* replace = add_command(*group, context, "replace-key", "end all codes of a venue at once and begin new ones",
                              "lindung venue replace-key bf92e4839773bc2fcf826e5089d6e5d9");
  replace->add_option("venue", arguments->venue, "id of the venue, hex")->required();
  replace->callback([&context, arguments] {
    finish(context, call_server(context, "venue/replace-key", {{"venue", arguments->venue}}));
  });

  auto* list = add_command(*group, context, "list", "all venues, and how many people are inside", "lindung venue list");
  list->callback([&context] { finish(context, call_server(context, "venue/list", {})); });
  add_key_commands(*group, context);
  add_owner_commands(*group, context);
}

}  // namespace lindung::cli
