#!/usr/bin/env python3
"""Where functions begin and end, on made-up C++."""

import unittest

from cpp import code_of, functions


def measured(text):
    return {function.name: function.lines for function in functions(text)}


class CodeOf(unittest.TestCase):
    def test_comments_and_literals_become_blanks_of_the_same_shape(self):
        text = 'f("a{b"); // rand()\n/* x\n y */ g(\'{\', 1\'000, R"x(")" {)x");\n'
        code = code_of(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertNotIn("rand", code)
        self.assertIn("1'000", code)


class Functions(unittest.TestCase):
    def test_free_functions_and_members_are_measured_from_head_to_closing_brace(self):
        text = (
            "namespace moldau {\nclass A : public B {\n public:\n  int f() const override {\n    return 1;\n  }\n"
            "  void g();\n};\nvoid A::g() {\n}\ntemplate <class T>\nT twice(T of) {\n  return of + of;\n}\n}\n"
        )
        self.assertEqual(measured(text), {"f": 3, "A::g": 2, "twice": 4})

    def test_a_constructor_counts_with_its_initialisers(self):
        text = "A::A(int n)\n    : a_{n},\n      b_(n),\n      c_{n} {\n  run();\n}\nvoid f() {\n}\n"
        self.assertEqual(measured(text), {"A::A": 6, "f": 2})

    def test_lambdas_blocks_and_local_types_belong_to_the_function_around_them(self):
        text = (
            "void f() {\n  auto g = [&](int x) {\n    return x;\n  };\n  struct Local {\n    int h() {\n"
            "      return 1;\n    }\n  };\n  for (;;) {\n    h([] {\n    });\n  }\n}\n"
        )
        self.assertEqual(measured(text), {"f": 14})

    def test_tables_and_enums_are_no_functions(self):
        text = (
            "enum class E : int {\n  kA = f(1),\n};\nconstexpr std::array kTable = {\n    make(1), make(2),\n};\n"
            "const auto kCall = call(1, {\n  2,\n});\nint after() {\n  return 1;\n}\n"
        )
        self.assertEqual(measured(text), {"after": 3})

    def test_operators_macros_and_directives_are_understood(self):
        text = (
            "#define BRACE {\nbool operator==(const A& a, const A& b) {\n  return true;\n}\n"
            "int A::operator()() const {\n  return 1;\n}\nTEST_CASE(\"a { in a name\") {\n  CHECK(true);\n}\n"
        )
        self.assertEqual(measured(text), {"operator==": 3, "A::operator()": 3, "TEST_CASE": 3})

    def test_assignment_and_default_template_arguments_are_no_variables(self):
        text = "A& A::operator=(const A& a) {\n  return *this;\n}\ntemplate <class T = int>\nvoid f() {\n}\n"
        self.assertEqual(measured(text), {"A::operator=": 3, "f": 3})

    def test_a_default_argument_does_not_hide_a_function(self):
        self.assertEqual(measured("void f(int a = 1,\n       B b = {}) {\n}\n"), {"f": 3})


if __name__ == "__main__":
    unittest.main()
