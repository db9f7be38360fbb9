// The classes of the .hpp let their workspace grow for strings.

#include "text.hpp"
#include <cstdio>
#include <string>

static void print(const sluice_string *strings) {
  for (int i = 0; i < 3; ++i)
    std::printf("%.*s%s", static_cast<int>(strings[i].size), strings[i].data,
                i < 2 ? "|" : "\n");
}

int main() {
  const sluice_string x[3] = {{"a", 1}, {"c", 1}, {nullptr, 0}};
  const sluice_string y[3] = {{"b", 1}, {"", 0}, {nullptr, 0}};
  text::Model net;
  text::Model::Inputs inputs{x, y};
  auto outputs = net.run(inputs);
  if (net.status())
    return 1;
  print(outputs.xy.data());

  drop::Text dropIn;
  for (int i = 0; i < 3; ++i) {
    dropIn.arg_feed_x(i) = x[i];
    dropIn.arg_feed_y(i) = y[i];
  }
  if (!dropIn.Run())
    return 2;
  print(&dropIn.result_fetch_xy(0));

  // Far more than before, and little again.
  std::string longText(1 << 20, 'z');
  sluice_string many[3] = {{longText.data(), longText.size()}, x[1], x[2]};
  inputs.x = many;
  outputs = net.run(inputs);
  if (net.status() || outputs.xyx[0].size != (2 << 20) + 1)
    return 3;
  inputs.x = x;
  outputs = net.run(inputs);
  if (net.status() || outputs.xy[0].size != 2)
    return 4;
  std::puts("grows");
  return 0;
}
