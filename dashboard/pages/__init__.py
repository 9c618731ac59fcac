"""The pages. Each module reads through a desk and hands a Page to the frame; none needs the app to be imported."""
