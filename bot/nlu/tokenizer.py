"""The tokenizer as Rasa's graph knows it. The rules are in `bot.nlu.spans`."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.reading import READING, Reading
from bot.nlu.spans import spans


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class WakalaTokenizer(Tokenizer):
    """Gives each message its tokens, and leaves a `Reading` for the components after it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own settings of a tokenizer, which also cuts intent names."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            # Whether training examples get tokens too. Our own components read text; add tokens for Rasa's featurizers.
            "training_tokens": True,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Returns the tokens of one attribute of a message."""
        return [Token(span.text, span.start, span.end) for span in spans(message.get(attribute))]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Cuts the training examples, unless no component of the pipeline needs it."""
        return super().process_training_data(training_data) if self._config["training_tokens"] else training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads incoming messages. Only their text is cut: an incoming message has no intent or response to cut."""
        for message in messages:
            reading = Reading.of(message.get(TEXT) or "")
            message.set(READING, reading)
            message.set("text_tokens", [Token(span.text, span.start, span.end) for span in reading.tokens])
        return messages
