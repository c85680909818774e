// Looks for many byte strings in files of any size: faults_search PATTERNS FILE...
// A line of PATTERNS is a string in hex, at least 6 bytes of it, a space and its name. Prints a line for each name that
// was found in each file (name, file, offset), and then how many bytes were searched for how many. All of them: the
// search for secrets asks whether a name is among them (secrets_row.py), wherever in memory it happens to lie.
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <ios>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "codec/base_n.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

constexpr std::size_t head_bytes = 6;
constexpr std::size_t filter_bits = 1U << 24U;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "faults_search: %s\n", what.c_str());
  std::exit(2);
}

Bytes read(const char* path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) die(std::string{path} + " cannot be read");
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

std::uint64_t head_of(const std::uint8_t* at) {
  std::uint64_t head = 0;
  std::memcpy(&head, at, head_bytes);
  return head;
}

std::size_t slot_of(std::uint64_t head) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
  return static_cast<std::size_t>((head * odd) >> 40U);
}

struct Pattern {
  Bytes bytes;
  std::string name;
};

class Search {
 public:
  explicit Search(const char* path) {
    std::ifstream in{path};
    if (!in) die(std::string{path} + " cannot be read");
    for (std::string line; std::getline(in, line);) {
      const auto space = line.find(' ');
      auto bytes = codec::from_hex(std::string_view{line}.substr(0, space));
      if (space == std::string::npos || bytes.has_error() || bytes.value().size() < head_bytes)
        die("a line of " + line);
      const auto head = head_of(bytes.value().data());
      filter_->set(slot_of(head));
      by_head_[head].push_back({.bytes = std::move(bytes).value(), .name = line.substr(space + 1)});
      ++count_;
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }

  void in(const char* path, const Bytes& data) {
    std::set<std::string_view> told;
    for (std::size_t at = 0; at + head_bytes <= data.size(); ++at) {
      const auto head = head_of(data.data() + at);
      if (!filter_->test(slot_of(head))) continue;
      const auto found = by_head_.find(head);
      if (found == by_head_.end()) continue;
      for (const auto& pattern : found->second) {
        const auto& bytes = pattern.bytes;
        if (bytes.size() > data.size() - at || std::memcmp(bytes.data(), data.data() + at, bytes.size()) != 0) continue;
        if (!told.insert(pattern.name).second) continue;
        std::printf("%s\t%s\t%zu\n", pattern.name.c_str(), path, at);
      }
    }
  }

 private:
  std::unique_ptr<std::bitset<filter_bits>> filter_{std::make_unique<std::bitset<filter_bits>>()};
  std::unordered_map<std::uint64_t, std::vector<Pattern>> by_head_;
  std::size_t count_{0};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) die("PATTERNS FILE...");
  Search search{argv[1]};
  std::size_t bytes = 0;
  for (int i = 2; i < argc; ++i) {
    const auto data = read(argv[i]);
    search.in(argv[i], data);
    bytes += data.size();
  }
  std::printf("%zu bytes for %zu strings\n", bytes, search.count());
  return 0;
}
