// Numbers are written in groups of three digits, all but the last behind an "x", so that no name is a file and a
// folder.
#include "log/tile.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::log {
namespace {

constexpr std::string_view root_folder = "tile/";
constexpr std::string_view entries_folder = "entries";

std::string grouped(std::uint64_t index) {
  const auto three = [](std::uint64_t value) {
    auto text = std::to_string(value);
    return std::string(3 - text.size(), '0') + text;
  };
  std::string out = three(index % 1000);
  for (index /= 1000; index > 0; index /= 1000) out.insert(0, "x" + three(index % 1000) + "/");
  return out;
}

std::string full_path(const TileName& name) {
  std::string out{root_folder};
  out += name.level ? std::to_string(*name.level) : std::string{entries_folder};
  return out + "/" + grouped(name.index);
}

// Digits only, at most 18 of them.
Result<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || digits.size() > 18 || error != std::errc{} || stopped != end) {
    return fail(Errc::malformed, "not the number of a tile");
  }
  return value;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

Result<Bytes> read_either(const TileSource& source, const TileName& name) {
  auto exact = source(path_of(name));
  if (exact.has_value() || exact.error().code != Errc::not_found || name.width == tile_width) return exact;
  return source(full_path(name));
}

}  // namespace

std::string path_of(const TileName& name) {
  auto out = full_path(name);
  if (name.width < tile_width) out += ".p/" + std::to_string(name.width);
  return out;
}

std::string partial_folder_of(const TileName& name) { return full_path(name) + ".p"; }

Result<TileName> parse_tile_path(std::string_view path) {
  // Read generously, then compare with the one way to write it.
  std::string_view rest = path;
  if (!rest.starts_with(root_folder)) return fail(Errc::malformed, "not the path of a tile");
  rest.remove_prefix(root_folder.size());
  TileName name{.level = std::nullopt, .index = 0, .width = tile_width};
  const auto level = take_until(rest, '/');
  if (level != entries_folder) {
    TRY(value, number(level));
    if (value >= tile_levels) return fail(Errc::malformed, "no tree has a tile of that level");
    name.level = static_cast<unsigned>(value);
  }
  if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
    TRY(width, number(rest.substr(partial + 3)));
    if (width == 0 || width >= tile_width) return fail(Errc::malformed, "not the width of a partial tile");
    name.width = static_cast<unsigned>(width);
    rest = rest.substr(0, partial);
  }
  std::string digits;
  for (const char letter : rest) {
    if (letter != 'x' && letter != '/') digits.push_back(letter);
  }
  TRY(index, number(digits));
  name.index = index;
  const unsigned index_bits = 64 - tile_height * (name.level.value_or(0) + 1);
  if (index_bits < 64 && (index >> index_bits) != 0) return fail(Errc::malformed, "no tree has so many tiles");
  if (path_of(name) != path) return fail(Errc::malformed, "the path of a tile in another spelling");
  return name;
}

std::uint64_t hashes_at(unsigned level, std::uint64_t size) noexcept { return size >> (tile_height * level); }

std::vector<TileName> tiles_between(std::uint64_t from, std::uint64_t to) {
  std::vector<TileName> out;
  const auto add = [&out](std::optional<unsigned> level, std::uint64_t before, std::uint64_t after) {
    if (after <= before) return;
    for (std::uint64_t index = before / tile_width; index <= (after - 1) / tile_width; ++index) {
      const auto width = std::min(tile_width, after - index * tile_width);
      out.push_back({.level = level, .index = index, .width = static_cast<unsigned>(width)});
    }
  };
  add(std::nullopt, from, to);
  for (unsigned level = 0; level < tile_levels; ++level) add(level, hashes_at(level, from), hashes_at(level, to));
  return out;
}

Result<Bytes> read_hashes(const TileSource& source, unsigned level, std::uint64_t index, unsigned width) {
  const TileName name{.level = level, .index = index, .width = width};
  TRY(bytes, read_either(source, name));
  if (bytes.size() != width * hash_size && bytes.size() != tile_width * hash_size) {
    return fail(Errc::corrupt, path_of(name) + " has " + std::to_string(bytes.size()) + " bytes");
  }
  bytes.resize(width * hash_size);
  return bytes;
}

Result<Bytes> read_entries(const TileSource& source, std::uint64_t index, unsigned width) {
  const TileName name{.level = std::nullopt, .index = index, .width = width};
  TRY(bytes, read_either(source, name));
  std::size_t at = 0;
  for (unsigned i = 0; i < width; ++i) {
    if (bytes.size() - at < length_size) return fail(Errc::corrupt, path_of(name) + " ends early");
    const std::size_t size = get_be<std::uint16_t>(BytesView{bytes}.subspan(at));
    at += length_size;
    if (bytes.size() - at < size) return fail(Errc::corrupt, path_of(name) + " ends early");
    at += size;
  }
  bytes.resize(at);
  return bytes;
}

}  // namespace lindung::log
