// What stands in a configuration once for each of many: witnesses, and who is told of incidents.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "server/config.h"
#include "server/config_values.h"
#include "server/witnesses.h"
#include "service/incident_settings.h"

namespace lindung::server {

// [[witnesses]]: name, url, verifier_key, ca.
void take_witnesses(const toml::node& section, std::vector<WitnessOptions>& out, ConfigProblems& problems);
// [[incidents.recipients]]: name, clock, form, and one of folder, hook, mail.
[[nodiscard]] Take recipients_into(std::vector<service::IncidentRecipient>& out);

[[nodiscard]] Take mail_server_into(std::string& out);
[[nodiscard]] Take mail_address_into(std::string& out);

}  // namespace lindung::server
