#include <doctest/doctest.h>

#include "protocol/generator/names.h"
#include "protocol/generator/text_buffer.h"

using moldau::generator::json_name;
using moldau::generator::snake_case;
using moldau::generator::TextBuffer;
using moldau::generator::type_name;

TEST_CASE("members are in snake case, and no keyword") {
  CHECK(snake_case("TopicIdPartition") == "topic_id_partition");
  CHECK(snake_case("ISRNodes") == "isr_nodes");
  CHECK(snake_case("KRaftVersionRecord") == "k_raft_version_record");
  CHECK(snake_case("latestSupportedVersion") == "latest_supported_version");
  CHECK(snake_case("Isr") == "isr");
  CHECK(snake_case("Default") == "default_");
  CHECK(snake_case("Class") == "class_");
}

TEST_CASE("in JSON only the first letter changes") {
  CHECK(json_name("TopicId") == "topicId");
  CHECK(json_name("ISR") == "iSR");
  CHECK(type_name("version") == "Version");
  CHECK(type_name("Topic") == "Topic");
}

TEST_CASE("the text buffer indents what stands in braces, but not what stands in namespaces") {
  TextBuffer out;
  out.line("namespace n {");
  out.line("void f() {");
  out.line("if (a) {");
  out.line("b();");
  out.line("} else {");
  out.line("c();");
  out.line("}");
  out.line();
  out.line("}");
  out.line("}  // namespace n");
  CHECK(out.text() ==
        "namespace n {\n"
        "void f() {\n"
        "  if (a) {\n"
        "    b();\n"
        "  } else {\n"
        "    c();\n"
        "  }\n"
        "\n"
        "}\n"
        "}  // namespace n\n");
}
