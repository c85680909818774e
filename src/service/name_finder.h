// Finds a few names in a long text, word by word, whatever stands between the words and however they are capitalised.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lindung::service {

class NameFinder {
 public:
  // The words of a name are runs of ASCII letters. A name of one word, or of more than words_max, is never found: the
  // first is anybody's, the second nobody's.
  void add(std::string_view name, std::size_t number);

  // The next word of the text. Shape: the numbers of the names that end with it. Views must live as long as the text is
  // gone through.
  [[nodiscard]] std::vector<std::size_t> next(std::string_view word);

  static constexpr std::size_t words_max = 8;

 private:
  struct Name {
    std::vector<std::string> words;  // lower case
    std::size_t number{};
  };
  std::multimap<std::string, Name, std::less<>> by_last_word_;
  std::size_t longest_{};                           // of the last words
  std::array<std::string_view, words_max> seen_{};  // a ring; the newest at newest_
  std::size_t newest_{};
};

}  // namespace lindung::service
