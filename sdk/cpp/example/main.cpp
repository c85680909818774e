// The smallest door: asks about one token at one venue, and says whether the person goes in.
//   door URL DIRECTORY-KEY PARTNER KEY-FILE KEY-ID TOKEN [VENUE]
#include <lindung/client.h>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 6) return 2;
  const auto token = lindung::sdk::token_from_hex(words[5]);
  if (!token) {
    std::fprintf(stderr, "a token is 56 digits of hex\n");
    return 2;
  }
  auto client = lindung::sdk::Client::create({.url = words[0],
                                              .partner = words[2],
                                              .key_id = words[4],
                                              .signing_key_file = words[3],
                                              .directory_key = words[1],
                                              .takes_sandbox = true});
  if (!client) {
    std::fprintf(stderr, "%s: %s\n", client.error().name.c_str(), client.error().detail.c_str());
    return 1;
  }
  const auto question = lindung::sdk::Question::about(*token, words.size() > 6 ? words[6] : "");
  const auto answer = words.size() > 6 ? client->check_in(question) : client->status(question);
  if (!answer) {
    std::fprintf(stderr, "%s: %s\n", answer.error().name.c_str(), answer.error().detail.c_str());
    return 1;
  }
  std::printf("%s %s, at index %llu of the log\n", std::string{lindung::sdk::name_of(answer->outcome)}.c_str(),
              std::string{lindung::sdk::name_of(answer->colour)}.c_str(),
              static_cast<unsigned long long>(answer->log_index));
  return answer->outcome == lindung::sdk::Outcome::allow ? 0 : 1;
}
